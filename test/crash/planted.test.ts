import { afterEach, describe, expect, it, vi } from 'vitest';
import type { KubeApi } from '../../lib/client';
import { Lock } from '../../lib/release/record/lock';
import { Session } from '../../lib/release/record/session';
import { explore, reference } from './explorer';
import { crashMatrix } from './matrix';
import type { Fault } from './mortal';
import { SCENARIOS, type Scenario } from './scenarios';

afterEach(() => vi.restoreAllMocks());

function scenario(name: string): Scenario {
  const found = SCENARIOS.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no scenario ${name}`);
  return found;
}

/** What the explorer finds when a scenario meets a fault at some of its requests. */
async function found(name: string, faults: readonly Fault[], stride: number): Promise<readonly string[]> {
  return (await crashMatrix(stride, [scenario(name)], faults)).findings.map(({ what }) => what);
}

describe('the explorer finds planted bugs', () => {
  it('none without one, at the same places', async () => {
    expect(await found('failing rollout', ['kill sent'], 6)).toEqual([]);
    expect(await found('upgrade', ['paused'], 6)).toEqual([]);
    expect(await found('uninstall', ['other replaces'], 6)).toEqual([]);
    expect(await found('failing gate', ['kill before'], 20)).toEqual([]);
  });

  it('a journal that is not written', async () => {
    const { save } = Session.prototype;
    vi.spyOn(Session.prototype, 'save').mockImplementation(function (this: Session, { journal: _lost, ...change }) {
      return save.call(this, change);
    });
    expect(await found('failing rollout', ['kill sent'], 6)).not.toEqual([]);
  });

  it('a lock that nobody looks at before writing', async () => {
    vi.spyOn(Lock.prototype, 'ensure').mockImplementation(async () => {});
    expect(await found('upgrade', ['paused'], 6)).not.toEqual([]);
  });

  it('deletions that do not look at the uid', async () => {
    const careless = (api: KubeApi): KubeApi => ({
      ...api,
      remove: (object, { uid: _uid, resourceVersion: _version, ...options } = {}) => api.remove(object, options),
    });
    const one = scenario('uninstall');
    const tampered: Scenario = { ...one, act: (engine) => one.act({ ...engine, api: careless(engine.api) }) };
    const undisturbed = await reference(tampered);
    const findings = [];
    for (let at = 1; at <= undisturbed.requests.length; at += 3)
      findings.push(...(await explore(tampered, undisturbed, 'other replaces', at)));
    expect(findings.map(({ what }) => what)).toContain("somebody else's Service was touched");
  });
});
