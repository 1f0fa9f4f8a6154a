import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../lib/kube/object';
import { asFiles, rehearsal } from '../../lib/rehearsal/rehearsal';
import { apply, rollback, status } from '../../lib/release';
import { unpackList } from '../../lib/release/record/packing';
import { dieAfter } from './dying';
import { deployment, gate } from './manifests';
import { onSandbox, type Place } from './on-sandbox';

/** A workload with a variable that is called a secret, and others. */
function server(token: string | undefined, image = 'example.com/a:v1'): KubeObject {
  const object = deployment('server', { namespace: 'team', image });
  const copy = JSON.parse(JSON.stringify(object)) as { spec: { template: { spec: { containers: { env?: unknown[] }[] } } } };
  const [container] = copy.spec.template.spec.containers;
  if (container)
    container.env = [{ name: 'LOG', value: 'info' }, ...(token === undefined ? [] : [{ name: 'API_TOKEN', value: token }])];
  return {
    ...object,
    ...copy,
    metadata: { ...object.metadata, labels: { ...object.metadata.labels, 'cdk8s-serving/release': 'fraud' } },
  };
}

/** Everything that the record of the release says, but for what is kept beside it while a release is under way. */
function recordOf({ here }: Pick<Place, 'here'>): string {
  const parts = here.sandbox
    .objects('v1', 'Secret', 'team')
    .filter(({ metadata: { labels } }) => labels?.['cdk8s-serving/record'] && labels['cdk8s-serving/part'] !== 'aside');
  return parts
    .map(({ data }) => {
      const { head, part } = data as Readonly<Record<string, string>>;
      return JSON.stringify(unpackList(head ?? Buffer.from(part ?? '', 'base64').toString('utf8')));
    })
    .join('\n');
}

const tokenOf = ({ here }: Pick<Place, 'here'>) =>
  JSON.stringify(here.sandbox.objects('apps/v1', 'Deployment', 'team')[0]).match(/PLANTED\w+/)?.[0];
const name = { release: 'fraud', namespace: 'team' };

describe('a variable whose name calls it a secret', () => {
  it('is in the record at no moment, and in no event but the plan', async () => {
    const place = await onSandbox();
    const moments: string[] = [];
    const watch = () => void moments.push(recordOf(place));
    const first = await place.release([server('PLANTEDone')], {}, watch);
    const second = await place.release([server('PLANTEDtwo')], {}, watch);
    expect([first.result.outcome, second.result.outcome]).toEqual(['succeeded', 'succeeded']);
    const told = [...first.events, ...second.events].filter(({ type }) => type !== 'planned');
    expect(moments.join()).toContain('API_TOKEN');
    expect(`${moments.join()}${recordOf(place)}${JSON.stringify([told, first.result, second.result])}`).not.toContain('PLANTED');
    const plan = second.events.flatMap((event) =>
      event.type === 'planned' ? event.plan.objects.map(({ changes }) => changes) : [],
    );
    expect(JSON.stringify(plan)).toContain('env[name=API_TOKEN].value');
    expect(JSON.stringify(plan)).not.toContain('PLANTED');
  });

  it('is told from another value, and from the same one', async () => {
    const place = await onSandbox();
    await place.release([server('PLANTEDone')]);
    expect((await place.release([server('PLANTEDone')])).result.outcome).toBe('unchanged');
    expect((await place.run(status(place.engine, name))).drift).toEqual([]);
    expect((await place.release([server('PLANTEDtwo')])).result.outcome).toBe('succeeded');
    expect(tokenOf(place)).toBe('PLANTEDtwo');
  });

  it('is restored exactly by an undo', async () => {
    const place = await onSandbox();
    await place.release([server('PLANTEDone')]);
    const late = gate({ namespace: 'team', name: 'late', phase: 'after', thresholds: {}, exitCode: 1 });
    const { result } = await place.release([server('PLANTEDtwo'), late]);
    expect([result.outcome, tokenOf(place)]).toEqual(['rolled-back', 'PLANTEDone']);
    expect((await place.release([server('PLANTEDone')])).result.outcome).toBe('unchanged');
  });

  it('is restored exactly by the process that comes after one that died', async () => {
    let wanted = [server('PLANTEDone')];
    const here = rehearsal({ read: () => asFiles(wanted) });
    await here.run(here.engine('first').api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } }));
    await here.runRelease(apply(here.engine('first'), 'fraud'));
    wanted = [server('PLANTEDtwo')];
    await dieAfter(here, 'written');
    expect([tokenOf({ here }), recordOf({ here }).includes('PLANTED')]).toEqual(['PLANTEDtwo', false]);
    wanted = [server('PLANTEDone')];
    const { result } = await here.runRelease(apply(here.engine('next'), 'fraud', { waitMs: 120_000 }));
    expect([result.outcome, tokenOf({ here })]).toEqual(['unchanged', 'PLANTEDone']);
  });

  it('stays as it is live on the way back to an earlier revision', async () => {
    const place = await onSandbox();
    await place.release([server('PLANTEDone')]);
    await place.release([server('PLANTEDtwo', 'example.com/a:v2')]);
    const { result } = await place.here.runRelease(rollback(place.engine, name));
    expect([result.outcome, tokenOf(place)]).toEqual(['succeeded', 'PLANTEDtwo']);
    expect(JSON.stringify(place.find('Deployment', 'server'))).toContain('example.com/a:v1');
  });

  it('that is not there any more makes a rollback impossible, which is said by its path', async () => {
    const place = await onSandbox();
    await place.release([server('PLANTEDone')]);
    await place.release([server(undefined)]);
    const { result } = await place.here.runRelease(rollback(place.engine, name));
    expect(result.outcome).toBe('refused');
    expect(result.problems).toEqual([
      expect.objectContaining({
        code: 'ROLLBACK_IMPOSSIBLE',
        subject: 'Deployment/server',
        got: [expect.stringContaining('env[name=API_TOKEN]')],
      }),
    ]);
  });
});

it('takes secret values out of what a pod has logged', async () => {
  const place = await onSandbox();
  // What every pod of the sandbox logs.
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 's', namespace: 'team' },
    stringData: { a: 'loading model' },
  };
  const early = gate({ namespace: 'team', name: 'early', phase: 'before', thresholds: {}, exitCode: 1 });
  const { result, events } = await place.release([secret, server(undefined), early]);
  expect(result.outcome).toBe('rejected');
  expect(JSON.stringify(result)).toContain('"starting","***","ready"');
  const judged = events.filter(({ type }) => type === 'gate-judged' || type === 'failed');
  expect(judged).toHaveLength(2);
  expect(`${JSON.stringify([judged, result])}${recordOf(place)}`).not.toContain('loading model');
});
