import { expect, it } from 'vitest';
import type { KubeObject } from '../../lib/kube/object';
import { asFiles, rehearsal } from '../../lib/rehearsal/rehearsal';
import { apply, plan, status, uninstall } from '../../lib/release';
import { stack } from './manifests';

/** How long each answer is on its way: longer than all that pods and controllers take together. */
const TRIP_MS = 1_000;

/** As many models in one release; the ConfigMap of each says which version it is. */
function fleet(count: number, version: string): readonly KubeObject[] {
  const models = Array.from({ length: count }, (_, i) => stack({ release: `m${i}`, namespace: 'here', version }));
  return models.flat().map((object) => {
    const labels = { ...object.metadata.labels, 'cdk8s-serving/release': 'fleet' };
    return { ...object, metadata: { ...object.metadata, labels } };
  });
}

/** Does something with a cluster that is far away, and counts the answers that had to be waited for one after the other. */
async function chains(count: number) {
  const here = rehearsal({
    read: (path) => asFiles(fleet(count, path)),
    podBehavior: () => ({ startMs: 1, readyMs: 1, stopMs: 1 }),
  });
  const { clock } = here.sandbox;
  const far = { on: false };
  here.sandbox.intercept(async ({ phase }) => {
    if (!far.on || phase === 'after') return undefined;
    await clock.sleep(TRIP_MS);
    return undefined;
  });
  const name = { release: 'fleet', namespace: 'here' };
  await here.run(here.engine().api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'here' } }));
  const trips = async (work: (engine: ReturnType<typeof here.engine>) => Promise<unknown>): Promise<number> => {
    far.on = true;
    const began = clock.now();
    // A process of its own: discovery is new to it.
    const result = await work(here.engine());
    expect(result).not.toHaveProperty('result.problems.0');
    far.on = false;
    return Math.floor((clock.now() - began) / TRIP_MS);
  };
  const applied = (version: string) => trips((engine) => here.runRelease(apply(engine, version)));
  return {
    install: await applied('v1'),
    nothing: await applied('v1'),
    status: await trips((engine) => here.run(status(engine, name))),
    plan: await trips((engine) => here.run(plan(engine, 'v2'))),
    upgrade: await applied('v2'),
    uninstall: await trips((engine) => here.runRelease(uninstall(engine, name))),
  };
}

it('waits for few answers in a row', async () => {
  await chains(1); // loads what is loaded late: time would pass meanwhile
  const { nothing, status, plan, upgrade, install } = await chains(1);
  console.log(`round trips in a chain: ${JSON.stringify({ nothing, status, plan, upgrade, install })}`);
  expect(Math.max(nothing, status), 'nothing changed, status').toBeLessThanOrEqual(4);
  expect(plan, 'plan').toBeLessThanOrEqual(5);
  expect(upgrade, 'upgrade of a small stack').toBeLessThanOrEqual(12);
  expect(install, 'install of a small stack').toBeLessThanOrEqual(14);
});

it('waits no longer for many objects than it takes to send 32 at a time', async () => {
  const many = await chains(30);
  // 120 objects in two stages: four times 32 to be tried, three and one to be written; half of them change. What the record needs no more
  // of the revision before is deleted at the end.
  expect({ ...many, uninstall: 0 }).toEqual({ install: 18, nothing: 2, status: 2, plan: 5, upgrade: 14, uninstall: 0 });
});
