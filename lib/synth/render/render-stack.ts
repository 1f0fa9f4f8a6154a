import { createHash } from 'node:crypto';
import { ApiObject, App } from 'cdk8s';
import type { CheckContext } from '../../checks/model/context';
import type { Finding, Rule } from '../../checks/model/rule';
import { type Problem, ServingError } from '../../errors/problem';
import { GATES_FOLDER, MODEL_VERSION_ANNOTATION, VERIFY_KEY_ANNOTATION } from '../../kube/contract';
import type { KubeObject } from '../../kube/object';
import { keyFingerprint } from '../../kube/signing-key';
import { configOf } from '../../project/config';
import type { AnyEnvironment } from '../../project/environment';
import type { Layered } from '../../project/layers';
import type { Project, StackDefinition } from '../../project/project';
import { Component } from '../../stack/component';
import type { Exception } from '../../stack/exceptions';
import { Manifest } from '../../stack/manifest';
import { ROLES } from '../../stack/role';
import { ServingStack } from '../../stack/serving-stack';
import { buildFailure } from './build-failure';
import { imagesOf } from './images';
import { toYaml } from './yaml';

/** One file of a rendered stack. */
export interface RenderedFile {
  /** Path inside the stack's directory, with forward slashes. */
  readonly path: string;
  /** Content of the file. */
  readonly content: string;
  /** SHA-256 of the content, hexadecimal. */
  readonly digest: string;
  /** The objects in it. */
  readonly objects: readonly KubeObject[];
}

/** One stack in one environment, in memory. */
export interface RenderedStack {
  /** Name of the environment. */
  readonly environment: string;
  /** Name of the stack. */
  readonly stack: string;
  /** Its files, sorted by name. */
  readonly files: readonly RenderedFile[];
  /** Every image in it, without duplicates. */
  readonly images: readonly string[];
  /** Version of its model, if it has one. */
  readonly modelVersion?: string;
  /** Exceptions to linter rules. */
  readonly exceptions: readonly (Exception & { readonly component: string })[];
  /** Its config, with the layer of each value. */
  readonly layered: Layered;
  /** Objects that were patched or that no construct of this library wrote: their fields are unknown. */
  readonly foreign: readonly KubeObject[];
  /** Possible problems that may be valid with objects already in the cluster. Errors are thrown instead. */
  readonly warnings: readonly Finding[];
  /** Context for the checks besides the objects. */
  readonly context: CheckContext;
}

/** Selection on the command line. */
export interface Selection {
  /** Names of environments. @default all */
  readonly environments?: readonly string[];
  /** Names of stacks. @default all */
  readonly stacks?: readonly string[];
  /** `path=value`, for every selected stack. @default - none */
  readonly set?: readonly string[];
  /** Additional rules for objects that were patched or added by hand; loaded only if there are any. @default none */
  readonly schemaRules?: () => readonly Rule[];
}

/** Renders one stack for one environment. Throws all problems together; writes nothing. */
export function renderStack(
  project: Project,
  definition: StackDefinition,
  environment: AnyEnvironment,
  set: readonly string[] = [],
): RenderedStack {
  const subject = `${environment.name}/${definition.name}`;
  return renderLayered(definition, environment, configOf(project, definition, environment, set, subject));
}

/** Renders one stack from a config, even if the config is invalid. */
export function renderLayered(definition: StackDefinition, environment: AnyEnvironment, layered: Layered): RenderedStack {
  const subject = `${environment.name}/${definition.name}`;
  const app = new App({ outdir: 'dist', recordConstructMetadata: false });
  const context = { environment: environment.name, tier: environment.tier, cluster: environment.cluster ?? {} };
  const stack = build(() => definition.build(app, layered.config, context), subject);
  const problems = constructProblems(app, subject);
  if (problems.length > 0) throw new ServingError(problems);
  const foreign: KubeObject[] = [];
  if (environment.verifyKey !== undefined) demandSignature(stack, environment.verifyKey);
  const files = filesOf(stack, foreign);
  const objects = files.flatMap((file) => file.objects);
  const modelVersion = objects
    .map((object) => object.metadata.annotations?.[MODEL_VERSION_ANNOTATION])
    .find((version) => version !== undefined);
  return {
    environment: environment.name,
    stack: definition.name,
    files,
    images: imagesOf(objects),
    ...(modelVersion === undefined ? {} : { modelVersion }),
    exceptions: stack.components.flatMap((component) =>
      component.exceptions.map((exception) => ({ ...exception, component: component.node.path })),
    ),
    layered,
    foreign,
    warnings: [],
    context: contextOf(stack),
  };
}

function build(stack: () => ServingStack, subject: string): ServingStack {
  try {
    return stack();
  } catch (error) {
    if (error instanceof ServingError || !(error instanceof Error)) throw error;
    throw buildFailure(error, subject);
  }
}

/** A stack contains all its objects, except those that its constructs declare as external. */
function contextOf({ settings, components }: ServingStack): CheckContext {
  const { kubernetesVersion, nodes, external = [] } = settings;
  return {
    scope: 'stack',
    external: [...external, ...components.flatMap(({ externals }) => externals)],
    ...(kubernetesVersion === undefined ? {} : { kubernetesVersion }),
    ...(nodes === undefined ? {} : { nodes }),
  };
}

/** Problems that the constructs of an app report, without duplicates, with the construct's path. */
function constructProblems(app: App, subject: string): readonly Problem[] {
  return app.node.findAll().flatMap((construct): readonly Problem[] => {
    if (Component.isComponent(construct) || ServingStack.isStack(construct)) {
      return construct.problems().map((problem) => ({ ...problem, subject: `${subject}: ${problem.subject}` }));
    }
    return construct.node.validate().map((message) => ({
      code: 'CONSTRUCT_INVALID',
      subject: `${subject}: ${construct.node.path}`,
      message,
      remedy: 'Correct what the construct was given.',
    }));
  });
}

/** Annotates every object with the key that must have signed the release's artifacts. */
function demandSignature(stack: ServingStack, key: string): void {
  const fingerprint = keyFingerprint(key);
  for (const construct of stack.node.findAll())
    if (ApiObject.isApiObject(construct)) construct.metadata.addAnnotation(VERIFY_KEY_ANNOTATION, fingerprint);
}

/** One file per component, prefixed with its role's number; gates in their own directory; other objects together. */
function filesOf(stack: ServingStack, foreign: KubeObject[]): readonly RenderedFile[] {
  const byPath = new Map<string, KubeObject[]>();
  for (const construct of stack.node.findAll()) {
    if (!ApiObject.isApiObject(construct)) continue;
    const path = pathOf(construct);
    const object = construct.toJson() as KubeObject;
    if (!Manifest.isUntouched(construct)) foreign.push(object);
    byPath.set(path, [...(byPath.get(path) ?? []), object]);
  }
  return [...byPath]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, objects]) => {
      const content = toYaml(objects);
      return { path, content, digest: createHash('sha256').update(content).digest('hex'), objects };
    });
}

function pathOf(object: ApiObject): string {
  const component = [...object.node.scopes].reverse().find((scope) => Component.isComponent(scope));
  if (component === undefined) return '80-extra.k8s.yaml';
  const file = `${String(ROLES[component.role]).padStart(2, '0')}-${component.appName}.k8s.yaml`;
  return component.role === 'gate' ? `${GATES_FOLDER}/${file}` : file;
}
