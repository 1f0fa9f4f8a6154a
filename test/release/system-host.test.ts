import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { systemHost } from '../../lib/release/system-host';

it('makes ids of eight characters that fit into names, unlike each other', () => {
  const { id } = systemHost();
  const ids = Array.from({ length: 200 }, id);
  for (const one of ids) expect(one).toMatch(/^[0-9a-z]{8}$/);
  expect(new Set(ids).size).toBe(200);
});

it('tells a process that has ended from one that lives, and holds nothing against what it does not know', async () => {
  const host = systemHost();
  expect(host.isGone(`${host.holder}/abc`)).toBe(false);
  expect(host.isGone('alice/elsewhere/another-boot/1/2/abc')).toBe(false);
  const child = spawn(process.execPath, ['-e', '0']);
  await once(child, 'exit');
  const parts = host.holder.split('/');
  parts[3] = String(child.pid);
  expect(host.isGone(parts.join('/'))).toBe(true);
  parts[3] = String(process.pid);
  parts[4] = '1'; // the same number, another process
  expect(host.isGone(parts.join('/'))).toBe(true);
});

it('sleeps until it is woken', async () => {
  const { sleep } = systemHost();
  const wake = new AbortController();
  const began = performance.now();
  setTimeout(() => wake.abort(), 10);
  await sleep(60_000, wake.signal);
  await sleep(60_000, wake.signal);
  expect(performance.now() - began).toBeLessThan(5_000);
});
