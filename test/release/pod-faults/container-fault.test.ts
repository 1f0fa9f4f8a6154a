import { expect, it } from 'vitest';
import { container, ended, event, judge, pod, waiting, word } from '../readiness/objects';

const judged = (status: object, events: ReturnType<typeof event>[] = [], crashes?: number) =>
  judge({ pods: [pod('p', 'rs-2', { ...status })], events, ...(crashes === undefined ? {} : { crashes }) });

it.each<[message: string, expected: string]>([
  ['rpc error: code = NotFound desc = failed to pull and unpack image "model:v2": not found', 'failed ImageNotFound'],
  ['manifest for model:v2 not found: manifest unknown: manifest unknown', 'failed ImageNotFound'],
  ['Back-off pulling image "model:v2": ErrImagePull: rpc error: code = NotFound desc = not found', 'failed ImageNotFound'],
  ['no matching manifest for linux/arm64 in the manifest list entries', 'failed ImageNotFound'],
  ['unexpected status from HEAD request: 401 Unauthorized', 'failed ImageForbidden'],
  ['pull access denied, repository does not exist or may require authorization', 'failed ImageNotFound'],
  ['failed to authorize: failed to fetch oauth token: 403 Forbidden', 'failed ImageForbidden'],
  ['toomanyrequests: You have reached your pull rate limit, denied', 'progressing ImagePull'],
  ['dial tcp: lookup registry.example: no such host', 'failed RegistryUnknown'],
  ['net/http: TLS handshake timeout, timed out', 'progressing ImagePull'],
  ['unexpected status: 503 Service Unavailable', 'progressing ImagePull'],
  ['context deadline exceeded', 'progressing ImagePull'],
  ['Back-off pulling image "model:v2"', 'progressing ImagePull'],
])('a pull that fails with «%s»', (message, expected) => {
  expect(word(judged(waiting('ErrImagePull', message)))).toBe(expected);
  expect(word(judged(waiting('ImagePullBackOff', message)))).toBe(expected);
});

it('takes the cause of a failed pull from the events when the state does not say it; the latest one counts', () => {
  const state = waiting('ImagePullBackOff', 'Back-off pulling image "model:v2"');
  const missing = event('pod-p', 'Failed', 'Failed to pull image "model:v2": not found', 20);
  const slow = event('pod-p', 'Failed', 'Failed to pull image "model:v2": context deadline exceeded', 10);
  expect(judged(state, [slow, missing])).toMatchObject({
    kind: 'failed',
    cause: { reason: 'ImageNotFound', message: 'Image model:v2: Failed: Failed to pull image "model:v2": not found' },
    evidence: {
      pod: 'p',
      container: 'server',
      events: ['Failed: Failed to pull image "model:v2": not found', expect.stringContaining('deadline')],
    },
  });
  expect(word(judged(state, [{ ...slow, lastTimestamp: '2026-01-01T13:00:00Z' }, missing]))).toBe('progressing ImagePull');
  expect(word(judged(state, [event('pod-other', 'Failed', 'Failed to pull image: not found')]))).toBe('progressing ImagePull');
});

it.each<[string, object, string]>([
  ['an image name that is none', waiting('InvalidImageName', 'couldn’t parse image name'), 'failed ImageInvalid'],
  ['an image that must not be pulled and is not there', waiting('ErrImageNeverPull'), 'failed ImageInvalid'],
  ['a missing key', waiting('CreateContainerConfigError', 'couldn’t find key x in Secret ns/s'), 'failed ConfigError'],
  [
    'a slow cache',
    waiting('CreateContainerConfigError', 'failed to sync secret cache: timed out waiting for the condition'),
    'progressing ConfigError',
  ],
  ['a container that cannot be made', waiting('CreateContainerError', 'invalid mount path'), 'failed ContainerError'],
  ['a runtime that is slow', waiting('CreateContainerError', 'context deadline exceeded'), 'progressing ContainerError'],
])('%s', (_, status, expected) => {
  expect(word(judged(status))).toBe(expected);
});

it.each<[string, object, string, number?]>([
  ['the first failure', container(ended(1)), 'progressing CrashLoop'],
  [
    'running again after the first failure',
    container({ running: {} }, { restartCount: 1, lastState: ended(1) }),
    'progressing CrashLoop',
  ],
  ['the second failure', container(ended(1), { restartCount: 1 }), 'failed CrashLoop'],
  [
    'held back, so it was not the first',
    waiting('CrashLoopBackOff', '', { restartCount: 1, lastState: ended(1) }),
    'failed CrashLoop',
  ],
  [
    'running again after the second failure',
    container({ running: {} }, { restartCount: 2, lastState: ended(137) }),
    'failed CrashLoop',
  ],
  [
    'killed for memory the second time',
    waiting('CrashLoopBackOff', '', { restartCount: 1, lastState: ended(137, 'OOMKilled') }),
    'failed OOMKilled',
  ],
  [
    'killed for memory once',
    container({ running: {} }, { restartCount: 1, lastState: ended(137, 'OOMKilled') }),
    'progressing OOMKilled',
  ],
  [
    'recovered and ready',
    container({ running: {} }, { ready: true, restartCount: 5, lastState: ended(1) }),
    'progressing NotReady',
  ],
  [
    'ends well again and again',
    waiting('CrashLoopBackOff', '', { restartCount: 3, lastState: ended(0, 'Completed') }),
    'failed CrashLoop',
  ],
  [
    'an init container that is done',
    { initContainerStatuses: [{ name: 'i', ready: true, restartCount: 0, state: ended(0) }] },
    'progressing NotReady',
  ],
  [
    'an init container that fails',
    { initContainerStatuses: [{ name: 'i', restartCount: 1, state: ended(2) }] },
    'failed CrashLoop',
  ],
  [
    'more patience, not used up',
    waiting('CrashLoopBackOff', '', { restartCount: 2, lastState: ended(1) }),
    'progressing CrashLoop',
    4,
  ],
  ['more patience, used up', waiting('CrashLoopBackOff', '', { restartCount: 3, lastState: ended(1) }), 'failed CrashLoop', 4],
])('crashes: %s', (_, status, expected, crashes) => {
  expect(word(judged(status, [], crashes))).toBe(expected);
});

it('tells exit code, last state, restarts and since when', () => {
  expect(judged(waiting('CrashLoopBackOff', '', { restartCount: 4, lastState: ended(3) }))).toMatchObject({
    kind: 'failed',
    cause: { reason: 'CrashLoop', message: 'Container server: failures 5, the last one exit code 3' },
    since: '2026-01-01T12:00:30.000Z',
    evidence: { pod: 'p', container: 'server', exitCode: 3, lastState: 'Error', restarts: 4, events: [] },
  });
});
