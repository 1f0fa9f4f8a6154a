import { describe, expect, it } from 'vitest';
import { VERIFY_KEY_ANNOTATION } from '../../../lib/kube/contract';
import { asFiles, rehearsal } from '../../../lib/rehearsal/rehearsal';
import { apply, plan, rollback } from '../../../lib/release';
import { config } from '../on-sandbox';

const OURS = `sha256:${'a'.repeat(64)}`;
const NEXT = `sha256:${'b'.repeat(64)}`;

/** Releases one ConfigMap that names a key, from a place that carries a signature. */
async function place() {
  const here = rehearsal({ read: () => [] });
  const alone = here.engine();
  const read: typeof alone.host.read = (path) => {
    const [value = '', key = '', signedBy = ''] = path.split(' ');
    const object = config('one', value, key === '-' ? {} : { [VERIFY_KEY_ANNOTATION]: key });
    return { path, files: asFiles([object]), unread: [], problems: [], ...(signedBy === '' ? {} : { signedBy }) };
  };
  const engine = { ...alone, host: { ...alone.host, read } };
  await here.run(engine.api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } }));
  const value = () => here.sandbox.objects('v1', 'ConfigMap', 'team').find(({ metadata }) => metadata.name === 'one')?.data;
  const release = async (path: string) => {
    const { result } = await here.runRelease(apply(engine, path));
    return [result.outcome, ...result.problems.map(({ code }) => code)];
  };
  return { here, engine, release, value };
}

describe('an environment that takes signed artifacts only', () => {
  it('takes no unsigned manifests, and none of another key', async () => {
    const { release, value } = await place();
    expect(await release(`1 ${OURS}`)).toEqual(['refused', 'SIGNATURE_REQUIRED']);
    expect(await release(`1 ${OURS} ${NEXT}`)).toEqual(['refused', 'SIGNATURE_REQUIRED']);
    expect(value()).toBeUndefined();
    expect(await release(`1 ${OURS} ${OURS}`)).toEqual(['succeeded']);
  });

  it('is not left by manifests that no longer name the key, or name another one', async () => {
    const { release, value } = await place();
    await release(`1 ${OURS} ${OURS}`);
    expect(await release('2 -')).toEqual(['refused', 'SIGNATURE_REQUIRED']);
    expect(await release(`2 ${NEXT} ${NEXT}`)).toEqual(['refused', 'SIGNATURE_REQUIRED']);
    expect(value()).toEqual({ value: '1' });
  });

  it('changes its key by an artifact of the key before', async () => {
    const { release } = await place();
    await release(`1 ${OURS} ${OURS}`);
    expect(await release(`2 ${NEXT} ${OURS}`)).toEqual(['succeeded']);
    expect(await release(`3 ${NEXT} ${OURS}`)).toEqual(['refused', 'SIGNATURE_REQUIRED']);
    expect(await release(`3 ${NEXT} ${NEXT}`)).toEqual(['succeeded']);
  });

  it('is planned without a signature, with a warning', async () => {
    const { here, engine, release } = await place();
    await release(`1 ${OURS} ${OURS}`);
    const proposal = await here.run(plan(engine, `2 ${OURS}`));
    expect([proposal.problems, proposal.warnings?.map(({ code }) => code)]).toEqual([[], ['SIGNATURE_REQUIRED']]);
  });

  it('rolls back only on a record that is signed', async () => {
    const { here, engine, release, value } = await place();
    await release(`1 ${OURS} ${OURS}`);
    await release(`2 ${OURS} ${OURS}`);
    const { result } = await here.runRelease(rollback(engine, { release: 'fraud', namespace: 'team' }));
    expect([result.outcome, result.problems[0]?.code]).toEqual(['refused', 'SIGNATURE_REQUIRED']);
    expect(value()).toEqual({ value: '2' });
  });
});
