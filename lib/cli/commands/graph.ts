import { writeFileSync } from 'node:fs';
import { ServingError } from '../../errors/problem';

/** Flags of `serving graph`. */
export interface GraphFlags {
  readonly output?: 'mermaid' | 'svg' | 'json';
  readonly to?: string;
  readonly recursive?: boolean;
}

/** `serving graph`: how the components of some manifests are connected, whoever wrote them. */
export async function graphCommand(
  paths: readonly string[],
  { output = 'mermaid', to, recursive = false }: GraphFlags,
): Promise<number> {
  const { readManifests } = require('../../checks/index') as typeof import('../../checks');
  const { wiring, wiringMermaid, wiringSvg } = require('../../report/index') as typeof import('../../report');
  const { objects, problems } = await readManifests(paths, { recursive });
  if (problems.length > 0) throw new ServingError(problems);
  const graph = wiring(objects);
  const text = { mermaid: wiringMermaid, svg: wiringSvg, json: (one: typeof graph) => `${JSON.stringify(one)}\n` }[output](graph);
  if (to === undefined) process.stdout.write(text);
  else writeFileSync(to, text);
  return 0;
}
