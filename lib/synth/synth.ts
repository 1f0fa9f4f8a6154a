import type { Project } from '../project/project';
import { type Difference, differences, writeDist } from './dist';
import type { RenderedStack, Selection } from './render';
import { renderProject } from './render-project';

/** What to render, and where to. */
export interface SynthOptions extends Selection {
  /** Output folder. @default CDK8S_OUTDIR, else `dist` */
  readonly outdir?: string;
  /** Only compare: write nothing. @default false */
  readonly check?: boolean;
}

/** What a synth has made. */
export interface SynthResult {
  /** Where the manifests are. */
  readonly outdir: string;
  /** What was rendered. */
  readonly stacks: readonly RenderedStack[];
  /** Files that were written or removed, or that would be. */
  readonly differences: readonly Difference[];
}

/** Renders a project to plain manifests. Everything is rendered before anything is written; a problem leaves the folder as it was. */
export function synth(project: Project, options: SynthOptions = {}): SynthResult {
  const {
    outdir = process.env.CDK8S_OUTDIR ?? 'dist',
    check = false,
    environments = [],
    stacks: names = [],
    set = [],
    schemaRules = () => [],
  } = options;
  const stacks = renderProject(project, { environments, stacks: names, set, schemaRules });
  const changes = differences(outdir, stacks, environments.length === 0 && names.length === 0);
  if (!check) writeDist(outdir, changes);
  return { outdir, stacks, differences: changes };
}
