import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { program } from '../../../lib/cli/program';
import { ROOT } from '../../harness/project';
import { serving } from '../run-serving';

let script = '';
beforeAll(async () => {
  script = join(mkdtempSync(join(tmpdir(), 'completion-')), 'serving.bash');
  writeFileSync(script, (await serving('completion', 'bash')).out);
});

/** What bash offers for the last word of a line. */
function offered(line: string, cwd = ROOT): Promise<readonly string[]> {
  const words = line.split(' ');
  const set = `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}`;
  const ask = `source '${script}'; compopt() { :; }; ${set}; _serving; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return new Promise((resolve, reject) => {
    execFile('bash', ['--norc', '-c', ask], { cwd }, (error, out, err) => {
      if (error !== null || err !== '') reject(error ?? new Error(err));
      else resolve(out.split('\n').filter((one) => one !== ''));
    });
  });
}

describe('completion in bash', () => {
  it.each([
    ['serving ', expect.arrayContaining(program().commands.map((command) => command.name()))],
    ['serving ro', ['rollback']],
    ['serving apply --ti', ['--timeout']],
    ['serving synth --env ', ['dev', 'prod', 'staging']],
    ['serving synth -e st', ['staging']],
    ['serving synth --stack fr', ['fraud-model']],
    ['serving status --output ', ['text', 'wide', 'json', 'ndjson']],
    ['serving plan -o m', ['markdown']],
    ['serving rehearse --fail ', ['gate', 'image', 'crash', 'unready', 'quota', 'canary-errors', 'canary-slow', 'canary-few']],
    ['serving apply --on-failure k', ['keep']],
    ['serving apply dist/prod/f', ['dist/prod/fraud-model']],
    ['serving apply --timeout 5m dist/dev/my', ['dist/dev/my-model']],
    ['serving apply pack', ['package-lock.json', 'package.json']],
    ['serving explain ', ['dev', 'prod', 'staging']],
    ['serving set ', ['fraud-model', 'llm', 'ml-serving-stack', 'my-model', 'triton']],
    ['serving set fraud-model ', ['dev', 'prod', 'staging']],
    ['serving set fraud-model staging ', []],
    ['serving rollback ml', ['ml-serving-stack']],
    ['serving plan --kubeconfig tscon', ['tsconfig.json']],
    ['serving completion z', ['zsh']],
    ['serving uninstall x --y', ['--yes']],
  ])('%s', async (line, expected) => expect(await offered(line)).toEqual(expected));

  it('offers nothing of the project where there is none, and says nothing', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'empty-'));
    expect(await offered('serving synth --env ', empty)).toEqual([]);
    expect(await offered('serving apply ', empty)).toEqual([]);
  });

  it('knows every flag of every command', async () => {
    for (const command of program().commands) {
      const flags = command.options.flatMap(({ long }) => (long === undefined || long === null ? [] : [long]));
      expect([command.name(), await offered(`serving ${command.name()} --`)]).toEqual([
        command.name(),
        expect.arrayContaining(flags),
      ]);
    }
  });
});

describe('completion in other shells', () => {
  it('fish and zsh know every command', async () => {
    const [fish, zsh] = await Promise.all([serving('completion', 'fish'), serving('completion', 'zsh')]);
    for (const command of program().commands) {
      expect(fish.out).toContain(`complete -c serving -n __fish_use_subcommand -a ${command.name()} -d `);
      expect(zsh.out).toContain(command.name());
    }
    expect(fish.out).toContain("-l env -x -a '(__serving_environments)'".replace('-l env', '-s e -l env'));
    expect(zsh.out).toMatch(/^#compdef serving\n/);
    // What zsh shares with bash is the shell language that both know.
    execFileSync('bash', ['-n', '-c', zsh.out.slice(0, zsh.out.indexOf('\n_serving() {'))]);
  });
});
