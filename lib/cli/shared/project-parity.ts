import { existsSync } from 'node:fs';
import { type Matrix, type Project, parityMatrix, type RenderedStack, renderProject } from '../..';
import type { Report } from '../../parity/report';
import { loadProject } from '../../project/load-project';

/** One stack in all environments of the project in the current folder; nothing where there is no such project, or no such stack. */
export function stackParity(stack: string): Report | undefined {
  if (!existsSync('cdk8s.yaml')) return undefined;
  const project = loadProject(undefined);
  if (!project.stacks.some(({ name }) => name === stack)) return undefined;
  // Whether a declaration is needed shows on the whole project only.
  return { ...matrixOf(project, renderProject(project, { stacks: [stack] })), unused: [] };
}

/** The matrix of some rendered stacks of a project. */
export function matrixOf({ environments, expectedDifferences = [] }: Project, rendered: readonly RenderedStack[]): Matrix {
  // Declarations about stacks that are not looked at are not unused.
  const stacks = new Set(rendered.map(({ stack }) => stack));
  const expected = expectedDifferences.filter(({ stack }) => stack === undefined || stacks.has(stack));
  return parityMatrix(
    rendered,
    environments.map(({ name }) => name),
    expected,
  );
}
