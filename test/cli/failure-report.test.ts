import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type FailureReport, failureReport, reportMarkdown, reportText } from '../../lib/cli/print/failure-report';
import { printRevision } from '../../lib/cli/print/history';
import { printStatus } from '../../lib/cli/print/status';
import { history, type Overview, type Revision, type SourceFile, status } from '../../lib/release';
import { type FailureKind, simulate, type TestRelease, testRelease } from '../../lib/testing';
import { ROOT } from '../harness/project';

const FOLDER = join(ROOT, 'dist/staging/fraud-model');
const files = (): readonly SourceFile[] =>
  ['.', 'gates'].flatMap((folder) =>
    readdirSync(join(FOLDER, folder))
      .filter((file) => file.endsWith('.yaml'))
      .map((file) => ({ file: join(folder, file), text: readFileSync(join(FOLDER, folder, file), 'utf8') })),
  );

/** A stack whose second release has failed, and the report of it as it was printed then. */
async function broken(
  kind: FailureKind,
): Promise<{ readonly stage: TestRelease; readonly report: FailureReport; readonly revision: Revision }> {
  const stage = await testRelease(files());
  let revision: Revision | undefined;
  for await (const happened of simulate(stage, kind)) if (happened.type === 'result') revision = happened.result.revision;
  const report = revision && failureReport(stage, revision);
  if (revision === undefined || report === undefined) throw new Error('nothing has failed');
  return { stage, report, revision };
}

describe('the report of a failed release', { timeout: 30_000 }, () => {
  it.each([
    [
      'image',
      {
        what: 'Deployment/fraud-model',
        code: 'ROLLOUT_FAILED',
        cause: 'The image does not exist: registry.company.com/fraud-model:v2.2.0-rc2-typo.',
        remedy: 'Push the image, or correct its name or tag, and apply again.',
      },
      ['pod fraud-model-', 'event Failed: '],
      /^7 objects: /,
    ],
    [
      'crash',
      {
        code: 'ROLLOUT_FAILED',
        cause: 'The container starts and ends again and again: Container fraud-model: failures 2, the last one exit code 1.',
        remedy: 'Read the last log lines, correct the container or its settings, and apply again.',
      },
      [
        'pod fraud-model-',
        'container fraud-model, exit code 1, 1 restart',
        'event BackOff: ',
        'log fatal: the model cannot be loaded',
      ],
      /^\d+ objects: /,
    ],
    [
      'unready',
      { code: 'ROLLOUT_TIMEOUT', remedy: 'Give it more time with --timeout, or look at why nothing moves.' },
      ['pod fraud-model-'],
      /^\d+ objects: /,
    ],
    [
      'gate',
      { code: 'GATE_REJECTED', cause: 'The gate does not meet its thresholds: auc 0.828 (≥ 0.92).' },
      ['auc 0.828 (≥ 0.92), p99 120 ms (≤ 150), 20000 samples'],
      undefined,
    ],
  ] as const)(
    '%s: cause, evidence, what was undone, what to do; the same from the record',
    async (kind, expected, evidence, undone) => {
      const { stage, report, revision } = await broken(kind);
      expect(report).toMatchObject(expected);
      const told = report.evidence.map((one) => `${one.kind} ${one.text}`).join('\n');
      for (const text of evidence) expect(told).toContain(text);
      if (undone === undefined) expect(report).not.toHaveProperty('restored');
      else expect(report.restored).toMatch(undone);
      expect(Date.parse(report.since)).toBeGreaterThanOrEqual(Math.floor(Date.parse(revision.started) / 1000) * 1000);
      expect(report.next[0]).toBe('serving history fraud-model -n team-fraud-staging --revision 2');

      const recorded = (await stage.here.run(history(stage.engine, stage))).find((one) => one.revision === 2);
      if (recorded === undefined) throw new Error('the record has lost it');
      expect(failureReport(stage, recorded)).toEqual(report);
      const overview: Overview = await stage.here.run(status(stage.engine, stage));
      expect(printStatus(overview, 'text')).toContain(reportText(report));
      expect(JSON.parse(printStatus(overview, 'json'))).toMatchObject({ report: JSON.parse(JSON.stringify(report)) });
      expect(printRevision(stage, recorded, 'text')).toContain(reportText(report));
      expect(JSON.parse(printRevision(stage, recorded, 'json'))).toMatchObject({ revision: 2, report: { cause: report.cause } });
      expect(printRevision(stage, recorded, 'markdown')).toBe(reportMarkdown(report));
      expect(reportMarkdown(report)).toContain(`- Fix: ${report.remedy} (${report.code})`.replaceAll('_', '_'));
    },
  );

  it('of a release that could not be undone names what is left, and is not silent on what was put back', async () => {
    const { stage, revision } = await broken('image');
    const left = ['Service/fraud-model: forbidden'];
    const report = failureReport(stage, { ...revision, state: 'failed', restored: ['Deployment/fraud-model'], left });
    expect(report?.restored).toBe('1 object: Deployment/fraud-model. 1 object not restored.');
    expect(report && reportText(report)).toContain('left: Service/fraud-model: forbidden');
    expect(report?.next).toContain('serving rollback fraud-model -n team-fraud-staging');
  });

  it('is none for a release that went well', async () => {
    const { stage, revision } = await broken('image');
    const { failure: _none, ...well } = revision;
    expect(failureReport(stage, { ...well, state: 'deployed' })).toBeUndefined();
  });
});
