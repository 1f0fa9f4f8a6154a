import type { Problem } from '../errors/problem';
import type { Run } from './events';
import type { ReleaseOptions } from './options';
import type { Plan } from './plan';
import type { Survey } from './survey';

export async function preflight(
  _run: Run,
  _found: Survey,
  _planned: Plan,
  _options: ReleaseOptions,
): Promise<readonly Problem[]> {
  return [];
}
