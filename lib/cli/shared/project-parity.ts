import { existsSync } from 'node:fs';
import { type Matrix, type Project, parityMatrix, type RenderedStack, renderProject } from '../..';
import type { Report } from '../../parity/report';
import { loadProject } from '../../project/load-project';

/**
 * Compares one stack across all environments of the project in the working directory; undefined without such a project or stack.
 */
export function stackParity(stack: string): Report | undefined {
  if (!existsSync('cdk8s.yaml')) return undefined;
  const project = loadProject(undefined);
  if (!project.stacks.some(({ name }) => name === stack)) return undefined;
  // Only the whole project shows whether a declaration is needed.
  return { ...matrixOf(project, renderProject(project, { stacks: [stack] })), unused: [] };
}

/** Compares some rendered stacks of a project. */
export function matrixOf({ environments, expectedDifferences = [] }: Project, rendered: readonly RenderedStack[]): Matrix {
  // Declarations about other stacks are not unused.
  const stacks = new Set(rendered.map(({ stack }) => stack));
  const expected = expectedDifferences.filter(({ stack }) => stack === undefined || stacks.has(stack));
  return parityMatrix(
    rendered,
    environments.map(({ name }) => name),
    expected,
  );
}
