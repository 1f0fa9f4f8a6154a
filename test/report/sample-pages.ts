import { parityMatrix } from '../../lib/parity/matrix';
import type { Report } from '../../lib/parity/report';
import { asFiles } from '../../lib/rehearsal/rehearsal';
import { testRelease } from '../../lib/rehearsal/stage';
import { simulate } from '../../lib/rehearsal/story';
import { history, type Proposal, plan, type Revision } from '../../lib/release';
import { renderProject } from '../../lib/synth/render-project';
import { sampleObjects, sampleProject } from '../harness/project';

/** The umbrella stack after a rehearsal with failures, and the plan of a version that drops a component and changes others. */
export async function sampleProposal(): Promise<{ readonly proposal: Proposal; readonly revisions: readonly Revision[] }> {
  const stage = await testRelease(sampleObjects('prod', 'ml-serving-stack'));
  const progress = simulate(stage);
  while ((await progress.next()).done !== true);
  const revisions = await stage.here.run(history(stage.engine, stage));
  const wanted = stage
    .next()
    .objects.filter((object) => object.metadata.labels?.['app.kubernetes.io/component'] !== 'result-queue')
    .map((object) =>
      object.kind === 'PodDisruptionBudget'
        ? { ...object, metadata: { ...object.metadata, name: `${object.metadata.name}-v2` } }
        : object,
    );
  const engine = {
    ...stage.engine,
    host: { ...stage.engine.host, read: (path: string) => ({ path, files: asFiles(wanted), unread: [], problems: [] }) },
  };
  return { proposal: await stage.here.run(plan(engine, 'next', { ...stage, allowReplace: true })), revisions };
}

/** The matrix of one sample stack, or of all. */
export function sampleReport(...stacks: readonly string[]): Report {
  const project = sampleProject();
  return parityMatrix(renderProject(project, { stacks }), ['dev', 'staging', 'prod'], project.expectedDifferences ?? []);
}
