import type { CommandModule } from '../shared/command';
import { withMetrics } from '../shared/metrics-source';
import { onCluster } from '../shared/on-cluster';
import { openSources, verifyKeyOf } from '../shared/open-sources';
import {
  clusterCommand,
  engineOptions,
  type Flags,
  planOptions,
  prometheusOptions,
  releaseOptions,
} from '../shared/release-options';

/** The artifact of a saved plan, if its signature must be checked. */
function signedSource({ artifact }: { readonly artifact?: string }, flags: Flags): readonly string[] {
  return typeof artifact === 'string' && verifyKeyOf(flags) !== undefined ? [artifact] : [];
}

/** `serving apply`. */
export const apply: CommandModule = {
  examples: [
    ['serving apply dist/prod/fraud-model', 'all or nothing'],
    ['serving apply dist/prod/fraud-model --timeout 20m', 'with a limit'],
    ['serving apply plan.json', 'a saved plan'],
  ],
  register: (program) =>
    prometheusOptions(
      releaseOptions(planOptions(clusterCommand(program, 'apply <path>', 'apply manifests or a saved plan, all or nothing'))),
    )
      .option('--create-namespace', 'create the namespace when it is missing')
      .action((path: string, flags: Flags) =>
        onCluster(flags, async (cluster) => {
          const { apply: start, applyPlanFile, parsePlanFile } = require('../../release') as typeof import('../../release');
          const { follow } = require('../progress/follow') as typeof import('../progress/follow');
          const engine = withMetrics(cluster.engine, flags);
          const file = path.endsWith('.json') ? parsePlanFile(engine.host.read(path)) : undefined;
          const options = {
            ...engineOptions(flags, cluster),
            sources: await openSources(file ? signedSource(file, flags) : [path], flags),
          };
          return follow(flags, cluster, file ? applyPlanFile(engine, file, options) : start(engine, path, options));
        }),
      ),
};
