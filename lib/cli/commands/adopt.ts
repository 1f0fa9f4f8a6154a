import type { CommandModule } from '../shared/command';
import { onCluster } from '../shared/on-cluster';
import { openSources } from '../shared/open-sources';
import { choiceOption } from '../shared/options';
import { clusterCommand, engineOptions, type Flags, outputOf, planOptions, releaseOptions } from '../shared/release-options';

/** Flags of `serving adopt`. */
interface AdoptFlags extends Flags {
  readonly dryRun?: boolean;
  readonly helmRelease?: string;
  readonly unlisted?: 'prune' | 'keep';
  readonly helmRecord: 'park' | 'delete' | 'keep';
}

/** `serving adopt`. */
export const adopt: CommandModule = {
  examples: [
    ['serving adopt dist/prod/fraud-model --dry-run', 'what it would change, field by field'],
    [
      'serving adopt dist/prod/fraud-model --unlisted prune',
      'take over the Helm release fraud-model, and delete what it has besides',
    ],
    ['serving adopt dist/prod/fraud-model --helm-release fraud', 'a Helm release of another name'],
  ],
  register: (program) =>
    releaseOptions(
      planOptions(
        clusterCommand(program, 'adopt <path>', 'take a stack over from Helm, kubectl, Argo CD or Flux, all or nothing'),
      ),
    )
      .option('--dry-run', 'show the plan, and write nothing')
      .option('--helm-release <name>', 'Helm release to take over (default: the one of the same name, if there is one)')
      .addOption(
        choiceOption('--unlisted <what>', 'objects of the Helm release that the manifests do not have', ['prune', 'keep']),
      )
      .addOption(
        choiceOption('--helm-record <what>', 'the record of Helm, when all is done: park hides it from helm', [
          'park',
          'delete',
          'keep',
        ]).default('park'),
      )
      .action((path: string, flags: AdoptFlags) =>
        onCluster(flags, async (cluster) => {
          const { adopt: start, planAdoption } = require('../../release') as typeof import('../../release');
          const { helmRelease, unlisted, helmRecord } = flags;
          const options = {
            ...engineOptions(flags, cluster),
            sources: await openSources([path], flags),
            helmRecord,
            ...(helmRelease === undefined ? {} : { helmRelease }),
            ...(unlisted === undefined ? {} : { unlisted }),
          };
          if (flags.dryRun !== true) {
            const { follow } = require('../progress/follow') as typeof import('../progress/follow');
            return follow(flags, cluster, start(cluster.engine, path, options));
          }
          const { printPlan } = require('../print/plan') as typeof import('../print/plan');
          const proposal = await planAdoption(cluster.engine, path, options);
          cluster.print(printPlan(proposal, outputOf(flags), cluster.look));
          if (proposal.problems.length > 0) return 3;
          return proposal.plan.objects.some(({ action }) => action !== 'unchanged') ? 2 : 0;
        }),
      ),
};
