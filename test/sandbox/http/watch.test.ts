import { expect, test } from 'vitest';
import { objAt } from '../../../lib/api-schema/json';
import type { Transport } from '../../../lib/client/transport';
import { type Obj, textOrEmpty } from '../../../lib/kube/fields';
import { ask, CONFIGMAPS, virtual } from '../ask';

const map = (name: string, labels = {}) => ({ metadata: { name, labels } });

/** Opens a watch; `seen` fills while time passes. */
async function open(t: Transport, query: string) {
  const stop = new AbortController();
  const response = await t.send({ method: 'GET', path: `${CONFIGMAPS}?watch=1${query}`, signal: stop.signal });
  const seen: string[] = [];
  const ended = (async () => {
    for await (const chunk of response.body) {
      const event: { type: string; object: Obj } = JSON.parse(Buffer.from(chunk).toString());
      seen.push(
        `${event.type} ${textOrEmpty(event.object, 'metadata', 'name') || textOrEmpty(event.object, 'reason') || textOrEmpty(event.object, 'metadata', 'resourceVersion')}`,
      );
    }
    seen.push('end');
  })();
  return { seen, ended, stop: () => stop.abort() };
}

const versionOf = async (t: Transport): Promise<string> =>
  textOrEmpty((await ask(t, 'GET', CONFIGMAPS)).body, 'metadata', 'resourceVersion');

test('a watch goes on where the list ended, and sees objects begin and cease to match', async () => {
  const { t, clock } = virtual();
  await clock.advance(100);
  const watch = await open(t, `&resourceVersion=${await versionOf(t)}&labelSelector=a%3Db`);
  await ask(t, 'POST', CONFIGMAPS, map('x', { a: 'b' }));
  await ask(t, 'POST', CONFIGMAPS, map('other'));
  await ask(t, 'PATCH', `${CONFIGMAPS}/x`, { data: { k: 'v' } }, 'application/merge-patch+json');
  await ask(t, 'PATCH', `${CONFIGMAPS}/x`, { metadata: { labels: { a: null } } }, 'application/merge-patch+json');
  await ask(t, 'PATCH', `${CONFIGMAPS}/other`, { metadata: { labels: { a: 'b' } } }, 'application/merge-patch+json');
  await ask(t, 'DELETE', `${CONFIGMAPS}/other`);
  await clock.advance(1);
  watch.stop();
  await watch.ended;
  expect(watch.seen).toEqual(['ADDED x', 'MODIFIED x', 'DELETED x', 'ADDED other', 'DELETED other', 'end']);
});

test('changes between list and watch are not lost; older ones than the server remembers are 410', async () => {
  const { t, clock, sandbox } = virtual();
  await clock.advance(100);
  const before = await versionOf(t);
  await ask(t, 'POST', CONFIGMAPS, map('x'));
  const late = await open(t, `&resourceVersion=${before}`);
  sandbox.compact();
  const expired = await open(t, `&resourceVersion=${before}`);
  await expired.ended;
  late.stop();
  await late.ended;
  expect([late.seen, expired.seen]).toEqual([
    ['ADDED x', 'end'],
    ['ERROR Expired', 'end'],
  ]);
});

test('bookmarks tell the version now and then, and a timeout ends the watch', async () => {
  const { t, clock, sandbox } = virtual();
  await clock.advance(100);
  const watch = await open(t, `&resourceVersion=${await versionOf(t)}&allowWatchBookmarks=true&timeoutSeconds=90`);
  await clock.advance(100_000);
  await watch.ended;
  expect(watch.seen).toEqual([`BOOKMARK ${sandbox.revision}`, 'end']);
});

test('a list in pages has everything once', async () => {
  const { t } = virtual();
  for (let i = 0; i < 5; i++) await ask(t, 'POST', CONFIGMAPS, map(`m${i}`));
  const names: string[] = [];
  let token = '';
  do {
    const { body } = await ask(t, 'GET', `${CONFIGMAPS}?limit=2&continue=${token}`);
    for (const item of Array.isArray(body.items) ? body.items : []) names.push(textOrEmpty(item, 'metadata', 'name'));
    token = textOrEmpty(objAt(body, 'metadata'), 'continue');
  } while (token !== '');
  expect(names).toEqual(['m0', 'm1', 'm2', 'm3', 'm4']);
});
