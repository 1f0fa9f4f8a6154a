import { ServingError } from '../errors/problem';
import type { Project } from '../project/project';
import { synth } from './synth';

/**
 * Synthesizes a project where `cdk8s synth` expects it, for the module that `cdk8s.yaml` names. Prints problems to standard error
 * and sets the exit code, because nothing else prints them.
 */
export function runAsApp(project: Project): void {
  try {
    synth(project);
  } catch (error) {
    if (!(error instanceof ServingError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
