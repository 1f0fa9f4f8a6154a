import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { COMMANDS, EXAMPLES, program } from '../../lib/cli/program';
import type { Example } from '../../lib/cli/shared/command';
import { serving, servingIn } from './run-serving';

/** The command line with commands that do nothing; what is wrong with a line throws. */
function harmless(): { readonly serving: Command; readonly called: string[] } {
  const called: string[] = [];
  const made = program();
  for (const command of made.commands) {
    command.exitOverride().configureOutput({ writeErr: () => undefined });
    command.action(() => void called.push(command.name()));
  }
  return { serving: made, called };
}

/** The words of an example that are for `serving`, without what is for the shell. */
function wordsOf(example: string): readonly string[] {
  const line = /serving ([^)>]*)/.exec(example)?.[1] ?? '';
  return line.trim().split(/\s+/);
}

describe('help', () => {
  const commands = program().commands.map((command) => command.name());

  it('has examples for every command, each of which is understood', () => {
    const modules = Object.values(COMMANDS).flat();
    expect(modules).toHaveLength(commands.length);
    const all: readonly (readonly [string, readonly Example[]])[] = [
      ['serving', EXAMPLES],
      ...modules.map(({ examples }, index) => [commands[index] ?? '', examples] as const),
    ];
    for (const [name, examples] of all) {
      expect([name, examples.length > 0]).toEqual([name, true]);
      for (const [example] of examples) {
        const made = harmless();
        made.serving.parse(['node', 'serving', ...wordsOf(example)]);
        expect([example, made.called]).toEqual([example, [name === 'serving' ? expect.any(String) : name]]);
      }
    }
  });

  it('is printed with its examples, says what every flag does, and fits 80 columns', async () => {
    const pages = await Promise.all([serving('--help'), ...commands.map((command) => serving(command, '--help'))]);
    for (const [index, { code, out }] of pages.entries()) {
      expect([index, code, out]).toEqual([index, 0, expect.stringMatching(/\nExamples?:\n {2}\S/)]);
      const [usage = ''] = out.split('\nExample');
      for (const line of usage.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    }
    for (const command of program().commands)
      for (const option of command.options)
        expect([command.name(), option.flags, option.description !== '']).toEqual([command.name(), option.flags, true]);
  });
});

describe('what is not understood is refused with the nearest', () => {
  it.each([
    [['aply', 'x'], /unknown command 'aply'\n\(Did you mean apply\?\)/],
    [['apply', 'x', '--tiemout', '5m'], /unknown option '--tiemout'\n\(Did you mean --timeout\?\)/],
    [['status', 'x', '-o', 'jsn'], /Allowed choices are text, wide, json, ndjson\. Did you mean json\?/],
    [['apply', 'x', '--on-failure', 'kep'], /Did you mean keep\?/],
    [['synth', '--env', 'prdo'], /did you mean "prod"\?.*UNKNOWN_ENVIRONMENT/],
    [['synth', '--output', 'jsn'], /Did you mean json\?/],
    [['parity', '--stack', 'my-modle'], /did you mean "my-model"\?.*UNKNOWN_STACK/],
    [['parity', '--live', 'stagin=x'], /did you mean "staging"\?.*UNKNOWN_ENVIRONMENT/],
    [['explain', 'stagging', 'model.version'], /did you mean "staging"\?.*UNKNOWN_ENVIRONMENT/],
    [['explain', 'prod', 'model.version', '-s', 'fraud-modl'], /did you mean "fraud-model"\?.*UNKNOWN_STACK/],
    [['explain', 'prod', 'modle.version'], /did you mean "model.version"/],
    [['rehearse', 'dist/prd/fraud-modl'], /did you mean "dist\/prod\/fraud-model"\?.*MANIFESTS_MISSING/],
    [['rehearse', 'dist/staging/fraud-model', '--fail', 'imge'], /Did you mean image\?/],
    [['completion', 'bsh'], /Allowed choices are bash, zsh, fish/],
  ])('%j', async (args, message) => {
    const { code, err } = await serving(...args);
    expect([code, err]).toEqual([1, expect.stringMatching(message)]);
    expect(err).not.toMatch(/\n\s+at /);
  });
});

describe('the network', { timeout: 60_000 }, () => {
  it('is asked for nothing by commands without a cluster', async () => {
    const guard = join(mkdtempSync(join(tmpdir(), 'offline-')), 'guard.cjs');
    const refuse = '() => { process.stderr.write("NETWORK"); process.exit(99); }';
    writeFileSync(guard, `require('node:net').Socket.prototype.connect = ${refuse}; require('node:dns').lookup = ${refuse};`);
    const env = { NODE_OPTIONS: `--require ${guard}` };
    for (const args of [
      ['synth', '--check'],
      ['check', 'dist/prod/fraud-model'],
      ['parity'],
      ['explain', 'prod', 'model.version'],
      ['exceptions'],
      ['set', 'fraud-model', 'staging', 'model.version', 'v9', '--dry-run'],
      ['rehearse', 'dist/staging/my-model', '--fail', 'image'],
      ['completion', 'fish'],
      ['--version'],
    ]) {
      const { code, err } = await servingIn({ env }, ...args);
      expect([args, code, err]).toEqual([args, 0, '']);
    }
    // The guard guards: a cluster would be asked.
    const kubeconfig = join(dirname(guard), 'kubeconfig');
    const entry = (kind: string, value: object) => ({ [`${kind}s`]: [{ name: 'x', [kind]: value }] });
    writeFileSync(
      kubeconfig,
      JSON.stringify({
        'current-context': 'x',
        ...entry('context', { cluster: 'x', user: 'x' }),
        ...entry('cluster', { server: 'http://127.0.0.1:1' }),
        ...entry('user', {}), // a token would not be sent over plain http
      }),
    );
    expect((await servingIn({ env }, 'list', '--kubeconfig', kubeconfig)).code).toBe(99);
  });
});

describe('output', () => {
  it('of synth, check, explain and exceptions is JSON where it is asked for', async () => {
    const [synth, lines, check, explain, exceptions] = await Promise.all([
      serving('synth', '--check', '--output', 'json'),
      serving('synth', '--check', '--output', 'ndjson'),
      serving('check', 'dist/prod/fraud-model', '-o', 'ndjson'),
      serving('explain', 'prod', 'model.version', '-o', 'ndjson'),
      serving('exceptions', '-o', 'json'),
    ]);
    expect(JSON.parse(synth.out)).toMatchObject({ outdir: 'dist', changed: [], stacks: { length: 15 } });
    expect(
      lines.out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as object),
    ).toHaveLength(15);
    for (const line of check.out.trim().split('\n')) expect(JSON.parse(line)).toMatchObject({ code: expect.any(String) });
    expect(explain.out.trim().split('\n')).toHaveLength(2);
    expect(JSON.parse(exceptions.out)).toContainEqual(expect.objectContaining({ tool: 'checkov', reason: expect.any(String) }));
  });

  it('of a rehearsal is one document, or one per event', async () => {
    const [json, ndjson] = await Promise.all(
      ['json', 'ndjson'].map((output) => serving('rehearse', 'dist/staging/my-model', '--fail', 'image', '-o', output)),
    );
    const story = JSON.parse(json?.out ?? '') as { readonly type: string }[];
    expect(story.map(({ type }) => type)).toEqual(['title', 'result', 'title', 'result', 'title', 'history']);
    const events = (ndjson?.out ?? '')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { readonly type: string; readonly event?: { readonly type: string } });
    expect(events.filter(({ type }) => type === 'release').map(({ event }) => event?.type)).toEqual(
      expect.arrayContaining(['planned', 'wave', 'pod', 'failed', 'restored']),
    );
  });

  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are such
  const colours = /\u001b\[/;
  it('has colours only where they are wanted', async () => {
    const args = ['rehearse', 'dist/staging/my-model', '--fail', 'image'] as const;
    const [piped, forced, never] = await Promise.all([
      servingIn({ env: { FORCE_COLOR: '' } }, ...args),
      servingIn({ env: { FORCE_COLOR: '1' } }, ...args),
      servingIn({ env: { FORCE_COLOR: '0' } }, ...args),
    ]);
    expect([piped, forced, never].map(({ out }) => colours.test(out))).toEqual([false, true, false]);
  });

  it('ends quietly when nobody reads it', async () => {
    const { execFile } = await import('node:child_process');
    const err = await new Promise<string>((resolve) => {
      execFile(
        'bash',
        ['-c', '"$0" build/lib/cli/main.js exceptions | head -1 >/dev/null', process.execPath],
        (_error, _out, said) => resolve(said),
      );
    });
    expect(err).toBe('');
  });
});
