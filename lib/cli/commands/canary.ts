import { Argument } from 'commander';
import { CANARY_COMMANDS, type CanaryCommand } from '../../kube/contract';
import type { CommandModule } from '../shared/command';
import { onCluster } from '../shared/on-cluster';
import { clusterCommand, type Flags, outputOf } from '../shared/release-options';

const DONE: Readonly<Record<CanaryCommand, string>> = {
  promote: 'the step counts as passed',
  pause: 'the step holds until resume',
  resume: 'the step goes on',
  abort: 'the stable version takes all requests again',
};

/** `serving canary`. */
export const canary: CommandModule = {
  examples: [
    ['serving canary promote fraud-model -n team-fraud-prod', 'take the present step as passed'],
    ['serving canary abort fraud-model -n team-fraud-prod', 'take the new version back'],
  ],
  register: (program) =>
    clusterCommand(program, 'canary', 'decide on the step of a canary that another process releases')
      .addArgument(new Argument('<action>', 'what to do with the step').choices(CANARY_COMMANDS))
      .argument('<release>', 'the release')
      .option('--workload <name>', 'only the canary of this Deployment')
      .action((command: CanaryCommand, release: string, flags: Flags & { readonly workload?: string }) =>
        onCluster(flags, async ({ engine, namespace, print }) => {
          const { decideCanary } = require('../../release') as typeof import('../../release');
          const { workload } = flags;
          const decision = { release, namespace, command, ...(workload === undefined ? {} : { workload }) };
          const told = await decideCanary(engine, decision);
          print(
            outputOf(flags) === 'text'
              ? `${told.join(', ')}: ${DONE[command]}`
              : JSON.stringify({ ...decision, workloads: told }),
          );
          return 0;
        }),
      ),
};
