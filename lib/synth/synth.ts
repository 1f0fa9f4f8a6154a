import { type DeliveryAgent, type ResolvedDelivery, resolveDelivery } from '../project/delivery';
import type { Project } from '../project/project';
import { type Difference, differences, healDist, writeDist } from './dist';
import type { RenderedStack, Selection } from './render/render-stack';
import { renderProject } from './render-project';

/** What to render, and where to write it. */
export interface SynthOptions extends Selection {
  /** Output directory. @default CDK8S_OUTDIR, else `dist` */
  readonly outdir?: string;
  /** Whether to only compare, without writing. @default false */
  readonly check?: boolean;
  /** Agent that applies the manifests. @default - the project's, else `direct` */
  readonly delivery?: DeliveryAgent;
}

/** Result of a synth. */
export interface SynthResult {
  /** Directory of the manifests. */
  readonly outdir: string;
  /** Rendered stacks. */
  readonly stacks: readonly RenderedStack[];
  /** Files that were written or removed, or that would be. */
  readonly differences: readonly Difference[];
}

/** Renders a project to plain manifests. Renders everything before it writes; a problem leaves the directory unchanged. */
export function synth(project: Project, options: SynthOptions = {}): SynthResult {
  const {
    outdir = process.env.CDK8S_OUTDIR ?? 'dist',
    check = false,
    environments = [],
    stacks: names = [],
    set = [],
    schemaRules = () => [],
  } = options;
  const delivery = resolveDelivery(project.delivery, options.delivery, project.environments);
  const rendered = renderProject(project, { environments, stacks: names, set, schemaRules });
  const { stacks, gitops } = delivery === undefined ? { stacks: rendered, gitops: [] } : delivered(rendered, delivery, project);
  if (!check) healDist(outdir);
  const changes = differences(outdir, [...stacks, ...gitops], environments.length === 0 && names.length === 0);
  if (!check) writeDist(outdir, changes);
  return { outdir, stacks, differences: changes };
}

/** Prepares stacks for an agent, and adds the agent's objects for every fully rendered environment. */
function delivered(rendered: readonly RenderedStack[], delivery: ResolvedDelivery, project: Project) {
  // Loaded only if an agent delivers.
  const { deliverStack, gitopsOf } = require('./delivery/index') as typeof import('./delivery');
  const stacks = rendered.map((stack) => deliverStack(stack, delivery));
  const whole = new Set(
    project.environments
      .filter(({ name, stacks: configs }) => {
        const wanted = project.stacks.filter((stack) => configs[stack.name] !== 'off');
        return rendered.filter(({ environment }) => environment === name).length === wanted.length;
      })
      .map(({ name }) => name),
  );
  return {
    stacks,
    gitops: gitopsOf(
      stacks.filter(({ environment }) => whole.has(environment)),
      delivery,
    ),
  };
}
