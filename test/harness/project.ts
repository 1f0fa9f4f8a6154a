import { join } from 'node:path';
import { expectedDifferences } from '../../apps/expected-differences';
import { STACKS } from '../../apps/stacks';
import { base } from '../../environments/base';
import dev from '../../environments/dev';
import prod from '../../environments/prod';
import staging from '../../environments/staging';
import type { KubeObject } from '../../lib/kube/object';
import type { AnyEnvironment } from '../../lib/project/environment';
import { defineProject, type Project } from '../../lib/project/project';
import type { Selection } from '../../lib/synth/render/render-stack';
import { renderProject } from '../../lib/synth/render-project';

/** The folder of the project. */
export const ROOT: string = join(__dirname, '../..');

/** The project of the sample apps, from source. */
export function sampleProject(...more: readonly AnyEnvironment[]): Project {
  return defineProject({ stacks: STACKS, base, environments: [dev, staging, prod, ...more], expectedDifferences });
}

/** All objects of one sample stack in one environment. */
export function sampleObjects(
  environment: string,
  stack: string,
  set: readonly string[] = [],
  project: Project = sampleProject(),
): readonly KubeObject[] {
  const selection: Selection = { environments: [environment], stacks: [stack], set };
  return renderProject(project, selection).flatMap(({ files }) => files.flatMap(({ objects }) => objects));
}

/** The one object of a kind (and a name, where there are several). */
export function one(objects: readonly KubeObject[], kind: string, name?: string | RegExp): KubeObject {
  const found = objects.filter(
    (object) =>
      object.kind === kind &&
      (name === undefined || (typeof name === 'string' ? object.metadata.name === name : name.test(object.metadata.name))),
  );
  const [object] = found;
  if (object === undefined || found.length > 1) throw new Error(`${found.length} objects ${kind} ${name ?? ''}, expected one`);
  return object;
}
