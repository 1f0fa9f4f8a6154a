import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TransportError, type TransportFailure } from '../../lib/client';
import { type Attempt, backoffMs, type Failure, retryDelay } from '../../lib/client/retry';

const attempt: Attempt = { count: 1, elapsedMs: 0, budgetMs: 30_000, idempotent: true, known: true, random: 0 };
const answer = (status: number, message = '', retryAfter?: string): Failure => ({ status, body: { message }, retryAfter });
const failure = (kind: TransportFailure, sent = true): Failure => ({ error: new TransportError(kind, '', '', sent) });

it.each<[string, Failure, Partial<Attempt>, boolean]>([
  ['429, whatever it is', answer(429), { idempotent: false }, true],
  ['503 with Retry-After, whatever it is', answer(503, '', '1'), { idempotent: false }, true],
  ['503', answer(503), {}, true],
  ['503 to a POST', answer(503), { idempotent: false }, false],
  ['500', answer(500), { count: 3 }, true],
  ['500 for the fourth time', answer(500), { count: 4 }, false],
  ['500 to a POST', answer(500), { idempotent: false }, false],
  ['500 that is about the object', answer(500, 'failed to create typed patch object'), {}, false],
  ['500 that is about the object (2)', answer(500, 'failed to convert new object'), {}, false],
  ['409', answer(409), {}, false],
  ['403', answer(403), {}, false],
  ['an outage', failure('refused', false), { idempotent: false }, true],
  ['a wrong address', failure('refused', false), { known: false }, false],
  ['a reset', failure('reset'), {}, true],
  ['a reset of a POST', failure('reset'), { idempotent: false }, false],
  ['a reset of a POST before it was sent', failure('reset', false), { idempotent: false }, true],
  ['a reset by somebody who has never answered', failure('reset', false), { known: false, count: 3 }, true],
  ['the fourth of those', failure('reset', false), { known: false, count: 4 }, false],
  ['a missed deadline', failure('timeout'), {}, false],
  ['the wrong certificate', failure('tls', false), {}, false],
  ['the signal', failure('aborted'), {}, false],
  ['the end', failure('closed'), {}, false],
])('%s', (_, what, state, expected) => {
  expect(retryDelay(what, { ...attempt, ...state }) !== undefined).toBe(expected);
});

it('asks not before Retry-After, in the header or in the Status, and not after its budget', () => {
  expect(retryDelay(answer(429, '', '7'), { ...attempt, random: 1 })).toBeCloseTo(7700);
  expect(retryDelay({ status: 429, body: { details: { retryAfterSeconds: 2 } }, retryAfter: undefined }, attempt)).toBe(2000);
  expect(retryDelay(answer(429, '', 'Wed, 21 Oct 2026 07:28:00 GMT'), attempt)).toBe(50);
  expect(retryDelay(answer(429, '', '31'), attempt)).toBeUndefined();
  expect(retryDelay(answer(429), { ...attempt, elapsedMs: 29_990 })).toBeUndefined();
});

it('waits longer each time, never longer than two seconds, and half of it by chance', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), fc.double({ min: 0, max: 1, noNaN: true }), (count, random) => {
      const longest = Math.min(2000, 100 * 2 ** (count - 1));
      expect(backoffMs(count, random)).toBeGreaterThanOrEqual(longest / 2);
      expect(backoffMs(count, random)).toBeLessThanOrEqual(longest);
    }),
  );
});
