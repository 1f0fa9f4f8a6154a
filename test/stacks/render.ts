import { ApiObject, App } from 'cdk8s';
import type { Construct } from 'constructs';
import type { ServingStack } from '../../lib';
import { type Finding, runChecks } from '../../lib/checks';
import type { KubeObject } from '../../lib/kube/object';
import { Component } from '../../lib/stack/component';

/** A stack as objects, with what its constructs report and what the checks find. */
export interface Rendered {
  readonly objects: readonly KubeObject[];
  readonly problems: readonly string[];
  readonly findings: readonly Finding[];
  /** Oldest Kubernetes version that has to accept it. */
  readonly version: `1.${number}`;
}

/** Renders a stack, and checks it as a synth does: its objects are all there is, besides what it declares as external. */
export function renderStack(build: (scope: Construct) => ServingStack): Rendered {
  const stack = build(new App());
  const all = stack.node.findAll();
  const components = all.filter((construct) => Component.isComponent(construct));
  const objects = all.filter((construct) => ApiObject.isApiObject(construct)).map((object) => object.toJson() as KubeObject);
  const version = stack.settings.kubernetesVersion ?? '1.30';
  const external = [...(stack.settings.external ?? []), ...components.flatMap(({ externals }) => externals)];
  return {
    objects,
    problems: components.flatMap((one) =>
      one.problems().map(({ code, message, path }) => `${one.node.path}: ${path ?? ''} ${message} [${code}]`),
    ),
    findings: runChecks(objects, { scope: 'stack', external, kubernetesVersion: version }),
    version,
  };
}
