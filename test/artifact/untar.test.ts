import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unpackContent } from '../../lib/artifact/artifact';
import { tar } from '../../lib/artifact/tar';
import { untar } from '../../lib/artifact/untar';

const LIMITS = { bytes: 1_000_000, entries: 100 };
const read = (archive: Buffer) => untar(archive, 'oci://r/x', LIMITS);

/** An archive with one entry whose header fields are changed, the checksum too. */
function planted(change: { readonly name?: string; readonly type?: string; readonly size?: string }): Buffer {
  const archive = tar([{ path: 'file.yaml', content: Buffer.from('text') }]);
  const { name, type, size } = change;
  if (name !== undefined) archive.fill(0, 0, 100).write(name, 0);
  if (type !== undefined) archive.write(type, 156);
  if (size !== undefined) archive.write(size, 124);
  archive.write(' '.repeat(8), 148);
  const sum = archive.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  archive.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return archive;
}

describe('untar', () => {
  it('reads back what tar has written', () => {
    const path = fc
      .array(fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}$/), { minLength: 1, maxLength: 4 })
      .map((steps) => steps.join('/'));
    const files = fc.uniqueArray(fc.record({ path, content: fc.uint8Array({ maxLength: 1500 }) }), {
      selector: ({ path: one }) => one,
      maxLength: 6,
    });
    fc.assert(
      fc.property(files, (some) => {
        const wanted = some
          .filter((file) => !some.some((other) => other.path.startsWith(`${file.path}/`)))
          .map((file) => ({ path: file.path, content: Buffer.from(file.content) }))
          .sort((a, b) => (a.path < b.path ? -1 : 1));
        expect(read(tar(wanted))).toEqual(wanted);
      }),
      { numRuns: 100 },
    );
  });

  it('reads what GNU tar writes, long paths included, and GNU tar what it writes', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tar-'));
    const long = `${'d'.repeat(90)}/${'e'.repeat(90)}`;
    mkdirSync(join(folder, long), { recursive: true });
    writeFileSync(join(folder, long, 'a.yaml'), 'a');
    writeFileSync(join(folder, 'b.yaml'), 'b');
    for (const format of ['gnu', 'pax', 'ustar']) {
      const archive = execFileSync('tar', ['-C', folder, `--format=${format}`, '-cf', '-', '.']);
      expect(read(archive).map(({ path }) => path)).toEqual(['b.yaml', `${long}/a.yaml`]);
    }
    const listed = execFileSync('tar', ['-tf', '-'], { input: tar([{ path: `${long}/a.yaml`, content: Buffer.from('a') }]) });
    expect(String(listed)).toContain(`${long}/a.yaml\n`);
  });

  it.each([
    ['a path above', { name: '../evil' }, /leads out/],
    ['a path above inside', { name: 'a/../../evil' }, /leads out/],
    ['an absolute path', { name: '/etc/evil' }, /leads out/],
    ['a path of Windows', { name: 'C:evil' }, /leads out/],
    ['a backslash', { name: '..\\evil' }, /leads out/],
    ['a control character', { name: 'a\u001b[2Jb' }, /leads out/],
    ['an empty step', { name: 'a//b' }, /leads out/],
    ['a symbolic link', { type: '2' }, /a link/],
    ['a hard link', { type: '1' }, /a link/],
    ['a device', { type: '3' }, /a device/],
    ['a pipe', { type: '6' }, /a device/],
    ['a contiguous file', { type: '7' }, /neither/],
    ['a size beyond the end', { size: '00000777777' }, /ends within/],
    ['a size that is no number', { size: 'xxxxxxxxxxx' }, /no readable size/],
    ['a size as GNU writes large ones', { size: '\u0080' }, /no readable size/],
  ] as const)('refuses %s', (_name, change, message) => {
    expect(() => read(planted(change))).toThrow(message);
  });

  it('refuses a link that GNU tar packs, a path twice, a file that is a directory, a damaged header and a cut archive', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tar-'));
    symlinkSync('/etc/passwd', join(folder, 'a.yaml'));
    expect(() => read(execFileSync('tar', ['-C', folder, '-cf', '-', 'a.yaml']))).toThrow(/a link/);
    const one = tar([{ path: 'a', content: Buffer.from('1') }]);
    const below = tar([{ path: 'a/b', content: Buffer.from('1') }]);
    expect(() => read(Buffer.concat([one.subarray(0, 1024), one]))).toThrow(/twice/);
    expect(() => read(Buffer.concat([one.subarray(0, 1024), below]))).toThrow(/both a file and a directory/);
    expect(() => read(Buffer.concat([below.subarray(0, 512), one]))).toThrow(/both a file and a directory/);
    expect(() => read(one.fill('b', 0, 1))).toThrow(/damaged header/);
    expect(() => read(below.subarray(0, 1500))).toThrow(/ends within/);
    expect(() => read(Buffer.from('neither'))).toThrow(/ends within/);
  });

  it('bounds entries and bytes', () => {
    const many = Array.from({ length: 101 }, (_, index) => ({ path: `f${index}`, content: Buffer.alloc(0) }));
    expect(() => read(tar(many))).toThrow(/more than 100 entries/);
    expect(() => read(tar([{ path: 'a', content: Buffer.alloc(1_000_001) }]))).toThrow(/more than 1000000 bytes/);
    // A megabyte of zeros a hundred times over is a kilobyte when packed.
    const bomb = gzipSync(Buffer.alloc(100 * 1024 * 1024));
    expect(() => unpackContent(bomb, undefined, 'oci://r/x')).toThrow(/unpacks to more than/);
    expect(() => unpackContent(Buffer.from('no gzip'), undefined, 'oci://r/x')).toThrow(/not gzip/);
  });
});
