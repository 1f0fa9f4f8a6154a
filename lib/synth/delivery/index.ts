import { createHash } from 'node:crypto';
import { GATES_FOLDER } from '../../kube/contract';
import { contentHash } from '../../kube/names';
import type { KubeObject } from '../../kube/object';
import type { ResolvedDelivery } from '../../project/delivery';
import type { RenderedFile, RenderedStack } from '../render/render-stack';
import { toYaml } from '../render/yaml';
import { application, appProject, forArgo } from './argocd';
import { fluxObjects, forFlux, gitRepository } from './flux';
import { type GateRole, gateRoles, runsBefore } from './gates';
import { kustomization } from './kustomization';

/** Directory for the agents' objects below the output directory, with one subdirectory per environment. */
export const GITOPS_DIRECTORY = 'gitops';
/** Subdirectory for the gates that Flux runs after the stack. */
const AFTER = `${GATES_FOLDER}/after`;

/** Prepares a stack's files for an agent. */
export function deliverStack(stack: RenderedStack, { agent }: ResolvedDelivery): RenderedStack {
  const objects = stack.files.flatMap((file) => file.objects);
  const roles = gateRoles(objects);
  const own = contentHash(objects.filter((object) => !roles.has(object)));
  const files = stack.files.flatMap((file) => {
    if (agent === 'argocd')
      return [
        fileOf(
          file.path,
          file.objects.map((object) => forArgo(object, roles.get(object))),
        ),
      ];
    const adapted = (wanted: (role: GateRole | undefined) => boolean) =>
      file.objects.filter((object) => wanted(roles.get(object))).map((object) => forFlux(object, roles.get(object), own));
    const after = adapted((role) => role !== undefined && !runsBefore(role));
    const here = adapted((role) => role === undefined || runsBefore(role));
    const moved = file.path.replace(`${GATES_FOLDER}/`, `${AFTER}/`);
    return [...(here.length > 0 ? [fileOf(file.path, here)] : []), ...(after.length > 0 ? [fileOf(moved, after)] : [])];
  });
  return { ...stack, files: [...files, ...kustomizations(files)].sort((a, b) => (a.path < b.path ? -1 : 1)) };
}

/** Renders the agent's objects of each environment, as additional directories of the output: `gitops/<environment>`. */
export function gitopsOf(stacks: readonly RenderedStack[], delivery: ResolvedDelivery): readonly RenderedStack[] {
  const environments = [...new Set(stacks.map(({ environment }) => environment))];
  return environments.flatMap((environment) => {
    const here = stacks.filter((stack) => stack.environment === environment);
    const [first] = here;
    if (first === undefined) return [];
    const files = delivery.agent === 'argocd' ? argoFiles(here, delivery) : fluxFiles(here, delivery);
    const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
    const { modelVersion: _version, ...rest } = first;
    return [
      {
        ...rest,
        environment: GITOPS_DIRECTORY,
        stack: environment,
        files: sorted,
        images: [],
        exceptions: [],
        foreign: [],
        warnings: [],
      },
    ];
  });
}

function argoFiles(stacks: readonly RenderedStack[], delivery: ResolvedDelivery): readonly RenderedFile[] {
  const places = stacks.map(placeOf);
  const environment = stacks[0]?.environment ?? '';
  return [
    fileOf('00-project.yaml', [appProject(environment, places, delivery)]),
    ...places.map((place) => fileOf(`${place.stack}.yaml`, [application(place, delivery)])),
  ];
}

function fluxFiles(stacks: readonly RenderedStack[], delivery: ResolvedDelivery): readonly RenderedFile[] {
  const repository = gitRepository(stacks[0]?.environment ?? '', delivery);
  const stackFiles = stacks.map((stack) => {
    const roles = [...gateRoles(placeOf(stack).objects).values()];
    const gates = { before: roles.some(runsBefore), after: roles.some((role) => !runsBefore(role)) };
    return fileOf(`${stack.stack}.yaml`, fluxObjects(placeOf(stack), delivery, gates));
  });
  return [...(repository === undefined ? [] : [fileOf('00-source.yaml', [repository])]), ...stackFiles];
}

function placeOf({ environment, stack, files }: RenderedStack) {
  return { environment, stack, objects: files.flatMap(({ objects }) => objects) };
}

/** Renders one `Kustomization` per directory, for the manifests in it. */
function kustomizations(files: readonly RenderedFile[]): readonly RenderedFile[] {
  const directoryOf = (path: string) => path.split('/').slice(0, -1).join('/');
  const directories = [...new Set(files.map(({ path }) => directoryOf(path)))];
  return directories.map((directory) => {
    const inside = files.filter(({ path }) => directoryOf(path) === directory);
    const names = inside.map(({ path }) => path.slice(directory === '' ? 0 : directory.length + 1)).sort();
    const { path, content } = kustomization(names);
    return withDigest(directory === '' ? path : `${directory}/${path}`, content, []);
  });
}

function fileOf(path: string, objects: readonly KubeObject[]): RenderedFile {
  return withDigest(path, toYaml(objects), objects);
}

function withDigest(path: string, content: string, objects: readonly KubeObject[]): RenderedFile {
  return { path, content, digest: createHash('sha256').update(content).digest('hex'), objects };
}
