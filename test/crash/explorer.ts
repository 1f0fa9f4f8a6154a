import { clientOver } from '../../lib/client';
import { canonical } from '../../lib/kube/canonical';
import { KINDS } from '../../lib/kube/kinds';
import type { KubeObject } from '../../lib/kube/object';
import { podSpecOf } from '../../lib/kube/pod-spec';
import { type Rehearsal, rehearsal } from '../../lib/rehearsal/rehearsal';
import { openDefinition } from '../../lib/rehearsal/traffic';
import { history } from '../../lib/release';
import { VirtualClock } from '../../lib/sandbox';
import { route } from '../release/strategy/harness';
import { type Fault, Mortal } from './mortal';
import { NAMESPACE, overtake, read, report, type Scenario } from './scenarios';

/** One thing that is wrong after a disturbed run. */
export interface Finding {
  readonly scenario: string;
  readonly fault: Fault;
  /** Which request it befell, `12 PATCH /apis/…`. */
  readonly at: string;
  readonly what: string;
}

const BYSTANDER = 'somebody-elses';
/** What comes and goes by itself, or is the record. */
const FLEETING = new Set(['Event', 'Pod', 'ReplicaSet', 'Secret', 'Lease', 'Endpoints', 'EndpointSlice']);

/** A cluster in which something of somebody else's already is. */
async function world(scenario: Scenario): Promise<Rehearsal> {
  const here = rehearsal({
    read,
    podBehavior: (pod) => {
      const terminationMessage = report(pod);
      return terminationMessage === undefined ? undefined : { terminationMessage };
    },
  });
  const { api } = here.engine('somebody');
  await here.run(api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } }));
  await here.run(api.create(openDefinition(route())));
  await here.run(here.sandbox.clock.sleep(1_000));
  await here.run(
    api.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: BYSTANDER, namespace: NAMESPACE }, data: { a: 'b' } }),
  );
  for (const [index, step] of scenario.before.entries()) {
    const { result } = await here.runRelease(step(here.engine(`before-${index}`)));
    if (result.outcome !== 'succeeded')
      throw new Error(`${scenario.name}: the start is ${result.outcome}: ${JSON.stringify(result.problems)}`);
  }
  return here;
}

/** Everything lasting in the namespace, by identity, without what differs from run to run. */
function snapshot({ sandbox }: Rehearsal): ReadonlyMap<string, string> {
  const route = { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute', namespaced: true };
  const objects = [...KINDS, route]
    .filter(({ namespaced, kind }) => namespaced && !FLEETING.has(kind))
    .flatMap(({ apiVersion, kind }) => known(sandbox, apiVersion, kind));
  return new Map(
    objects.map((object) => {
      const { name, labels, annotations } = object.metadata;
      const notes = Object.entries(annotations ?? {}).filter(([key]) => !/revision|by-hand/.test(key));
      const { metadata: _metadata, status: _status, ...rest } = object;
      // Addresses are given out in the order of the requests.
      const text = canonical([rest, labels, Object.fromEntries(notes)]).replaceAll(/"clusterIPs?":(?:"[^"]*"|\[[^\]]*\]),?/g, '');
      return [`${object.kind}/${name}`, text];
    }),
  );
}

function known(sandbox: Rehearsal['sandbox'], apiVersion: string, kind: string): readonly KubeObject[] {
  try {
    return sandbox.objects(apiVersion, kind, NAMESPACE);
  } catch {
    return []; // custom resources are not served
  }
}

/** What the undisturbed act leads to, and the requests it takes. */
export interface Reference {
  readonly state: ReadonlyMap<string, string>;
  /** What the other release leads to, over it. */
  readonly overtaken: ReadonlyMap<string, string>;
  readonly requests: readonly string[];
}

export async function reference(scenario: Scenario): Promise<Reference> {
  const here = await world(scenario);
  const mortal = new Mortal(here.sandbox.connect());
  const { result } = await here.runRelease(scenario.act(here.engine('process-a', mortal)));
  if (!scenario.ends.includes(result.outcome))
    throw new Error(`${scenario.name}: undisturbed, it ends ${result.outcome}: ${JSON.stringify(result.problems)}`);
  await settle(here);
  const [state, requests] = [snapshot(here), [...mortal.sent]];
  await here.runRelease(overtake(here.engine('process-b')));
  await settle(here);
  return { state, overtaken: snapshot(here), requests };
}

/** Lets controllers finish what they are at. */
async function settle({ sandbox }: Rehearsal): Promise<void> {
  if (sandbox.clock instanceof VirtualClock) await sandbox.clock.advance(60_000);
}

/** Disturbs one request of a scenario, lets the next process run, and says what is wrong then. */
export async function explore(
  scenario: Scenario,
  { state, overtaken, requests }: Reference,
  fault: Fault,
  at: number,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const note = (what: string) => findings.push({ scenario: scenario.name, fault, at: `${at} ${requests[at - 1] ?? ''}`, what });
  const here = await world(scenario);
  const bystander = JSON.stringify(here.sandbox.get('v1', 'ConfigMap', NAMESPACE, BYSTANDER));
  const theirs: string[] = [];
  const mortal = new Mortal(here.sandbox.connect(), at, fault, async (kind) => {
    if (await somebodyElse(here, kind)) theirs.push(serviceOf(here));
  });
  const course = here.runRelease(scenario.act(here.engine('process-a', mortal)));
  course.catch(() => {});
  const ended = await here.run(Promise.race([course.then(({ result }) => result.outcome), mortal.death]));
  lookAtPods(here, scenario, note);

  const paused = fault === 'paused';
  const next = paused ? overtake : (scenario.next ?? scenario.act);
  const ends = paused ? ['succeeded', 'unchanged'] : scenario.ends;
  const second = await here.runRelease(next(here.engine('process-b'))).catch((error: Error) => error);
  if (second instanceof Error) note(`the next process failed: ${second.message.split('\n', 1)[0]}`);
  else if (!ends.includes(second.result.outcome))
    note(
      `after ${ended}, the next process ends ${second.result.outcome}: ${second.result.problems.map(({ code, message }) => `${code} ${message}`).join('; ')}`,
    );
  if (paused) {
    mortal.wake();
    await here.run(course).catch((error: Error) => note(`awake again, it failed: ${error.message}`));
  }
  await settle(here);
  lookAtPods(here, scenario, note);
  if (fault === 'other replaces') {
    // With theirs in the way the release is refused from now on; what counts is that theirs is left alone.
    if (theirs.length > 0 && serviceOf(here) !== theirs[0]) note("somebody else's Service was touched");
    return findings.filter(({ what }) => what.includes('touched'));
  }
  const undone = scenario.ends.includes('rejected') || scenario.ends.includes('rolled-back');
  compare(
    snapshot(here),
    paused ? overtaken : state,
    note,
    undone && fault === 'other deletes' ? 'Service/fraud-model' : undefined,
  );
  if (JSON.stringify(here.sandbox.get('v1', 'ConfigMap', NAMESPACE, BYSTANDER)) !== bystander)
    note("somebody else's object was touched");
  lookAtLock(here, note);
  await lookAtRecord(here, scenario, note);
  return findings;
}

/** The Service as somebody else would see it. */
function serviceOf({ sandbox }: Rehearsal): string {
  const object = sandbox.get('v1', 'Service', NAMESPACE, 'fraud-model');
  return canonical([object?.metadata.uid, object?.metadata.labels, object?.spec]);
}

/** Whether there was anything to act on. */
async function somebodyElse({ sandbox }: Rehearsal, fault: Fault): Promise<boolean> {
  const api = clientOver(sandbox.connect(), { clock: sandbox.clock, random: () => 0.5 });
  const service = { apiVersion: 'v1', kind: 'Service', namespace: NAMESPACE, name: 'fraud-model' };
  if ((await api.get(service)) === undefined) return false;
  if (fault === 'other deletes' || fault === 'other replaces') await api.remove(service);
  if (fault === 'other deletes') return true;
  if (fault === 'other replaces') {
    const spec = { ports: [{ name: 'http', port: 81 }], selector: { app: 'another' } };
    await api.create({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: service.name, namespace: NAMESPACE, labels: { of: 'another' } },
      spec,
    });
  } else await api.merge(service, { metadata: { annotations: { 'by-hand': 'yes' } } });
  return true;
}

function compare(
  now: ReadonlyMap<string, string>,
  wanted: ReadonlyMap<string, string>,
  note: (what: string) => void,
  deleted?: string,
): void {
  for (const [key, text] of wanted) {
    // What somebody else has deleted comes back with a release that goes through, and not with one that is undone.
    if (key === deleted && !now.has(key)) continue;
    if (now.get(key) !== text) note(now.has(key) ? `${key} is not as it should be` : `${key} is missing`);
  }
  for (const key of now.keys()) if (!wanted.has(key)) note(`${key} is left over`);
}

function lookAtPods({ sandbox }: Rehearsal, { forbidden }: Scenario, note: (what: string) => void): void {
  const workloads = [
    ...sandbox.objects('apps/v1', 'Deployment', NAMESPACE),
    ...sandbox.objects('apps/v1', 'ReplicaSet', NAMESPACE),
  ];
  if (forbidden !== undefined && workloads.some((object) => forbidden.test(JSON.stringify(podSpecOf(object)))))
    note('a version that did not pass its gate was rolled out');
}

/** The next process has let go of it. What a dead one, or one that was cut off, still holds has expired and is taken over. */
function lookAtLock({ sandbox }: Rehearsal, note: (what: string) => void): void {
  for (const lease of sandbox.objects('coordination.k8s.io/v1', 'Lease', NAMESPACE)) {
    const { holderIdentity } = lease.spec as { readonly holderIdentity?: string };
    if (holderIdentity?.startsWith('process-b')) note(`the lock is held by ${holderIdentity}`);
  }
}

async function lookAtRecord(here: Rehearsal, { name }: Scenario, note: (what: string) => void): Promise<void> {
  const engine = here.engine('reader');
  const revisions = await here
    .run(history(engine, { release: 'fraud-model', namespace: NAMESPACE }))
    .catch((error: Error) => error);
  if (revisions instanceof Error) {
    if (name !== 'uninstall') note(`the record cannot be read: ${revisions.message.split('\n', 1)[0]}`);
  } else if (revisions.filter(({ state }) => state === 'deployed').length > 1) note('more than one revision counts as deployed');
}
