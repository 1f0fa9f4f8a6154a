import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { formatProblem, ServingError } from '../../errors/problem';
import type { Proposal } from '../../release';
import type { CommandModule } from '../shared/command';
import { onCluster } from '../shared/on-cluster';
import { openSources } from '../shared/open-sources';
import { writePrivately } from '../shared/private-file';
import { clusterCommand, engineOptions, type Flags, planOptions, policyOf } from '../shared/release-options';
import type { Cluster } from '../shared/with-cluster';

/** `serving plan`. */
export const plan: CommandModule = {
  examples: [
    ['serving plan dist/prod/fraud-model', 'exit with 2 when there are differences'],
    ['serving plan dist/prod/fraud-model --output markdown --no-exit-code', 'for a pull request'],
    ['serving plan dist/prod/fraud-model --output html --output-file plan.html', 'as an HTML report'],
    ['serving plan dist/prod/fraud-model --save plan.json', 'to apply exactly this later'],
  ],
  register: (program) =>
    planOptions(clusterCommand(program, 'plan <path>', 'show what an apply would do; writes nothing', 'markdown', 'html'))
      // Differences are a plan's purpose: scripts detect them by the exit code.
      .option('--exit-code', 'exit with 2 when there are differences (default)')
      .option('--no-exit-code', 'exit with 0 when there are differences')
      .option('--output-file <file>', 'write to a file')
      .option('--save <file>', 'save the plan, to be applied later')
      .option('--create-namespace', 'expect apply to create the namespace when it is missing')
      .action((path: string, flags: PlanFlags) => onCluster(flags, (cluster) => planCommand(cluster, path, flags))),
};

interface PlanFlags extends Flags {
  readonly exitCode?: boolean;
  readonly save?: string;
}

async function planCommand(cluster: Cluster, path: string, flags: PlanFlags): Promise<number> {
  const { clusterId, plan: propose, toPlanFile } = require('../../release') as typeof import('../../release');
  const { printPlan } = require('../print/plan') as typeof import('../print/plan');
  const { output, outputFile, save } = flags;
  const proposal = await propose(cluster.engine, path, {
    ...engineOptions(flags, cluster),
    sources: await openSources([path], flags),
  });
  const text = output === 'html' ? await planHtml(cluster, proposal, path) : printPlan(proposal, output, cluster.look);
  if (outputFile === undefined) cluster.print(text);
  else writeFileSync(outputFile, text.endsWith('\n') ? text : `${text}\n`);
  if (proposal.problems.length > 0) return 3;
  if (save !== undefined) {
    const file = toPlanFile(proposal.plan, proposal.desired, policyOf(flags), await clusterId(cluster.engine.api));
    writePrivately(save, `${JSON.stringify(file)}\n`);
  }
  return flags.exitCode !== false && proposal.plan.objects.some(({ action }) => action !== 'unchanged') ? 2 : 0;
}

/** Renders a plan with the release's history and, in the stack's project, its other environments. */
async function planHtml(cluster: Cluster, proposal: Proposal, path: string): Promise<string> {
  const { planPage } = require('../../report/index') as typeof import('../../report');
  const { history } = require('../../release') as typeof import('../../release');
  const { stackParity } = require('../shared/project-parity') as typeof import('../shared/project-parity');
  const { release, namespace } = proposal.plan;
  const revisions = await history(cluster.engine, { release, namespace }).catch((error: unknown) => {
    if (error instanceof ServingError && error.problems.every(({ code }) => code === 'RELEASE_UNKNOWN')) return [];
    throw error;
  });
  let parity: ReturnType<typeof stackParity>;
  try {
    parity = stackParity(basename(path));
  } catch (error) {
    if (!(error instanceof ServingError)) throw error;
    process.stderr.write(
      `warning: the page is without the other environments\n${error.problems.map(formatProblem).join('\n')}\n`,
    );
  }
  return planPage(proposal, { revisions, ...(parity === undefined ? {} : { parity }) });
}
