import { describe, expect, it } from 'vitest';
import { partsOf } from './blocks';

const fence = (language: string, body: string) => `\`\`\`${language}\n${body}\n\`\`\`\n`;
const command = (text: string, ...codes: readonly number[]) => ({ type: 'command', command: text, codes });

describe('what a page asks for', () => {
  it('is its commands, with the exit codes that it promises, in its order', () => {
    const page = `Run \`npx serving synth\`, then:\n\n${fence('sh', 'npx serving plan dist \\\n  --adopt   # a plan\n# nothing\nfalse  # exits with 1')}<!-- run: true -->\n| \`diff a b\` | \`synth\` |\n`;
    expect(partsOf(page)).toEqual([
      command('npx serving synth', 0, 2),
      command('npx serving plan dist    --adopt', 0),
      command('false', 1),
      command('true', 0),
      command('diff a b', 0, 1),
    ]);
  });

  it('is its code, for a file or for itself', () => {
    expect(partsOf(fence('ts', 'a();') + fence('ts apps/a.ts', 'b();') + fence('python c.py', 'c()'))).toEqual([
      { type: 'code', file: undefined, text: 'a();\n' },
      { type: 'code', file: 'apps/a.ts', text: 'b();\n' },
      { type: 'code', file: 'c.py', text: 'c()\n' },
    ]);
  });

  it('is what has to stand in a block', () => {
    const page = `<!-- output, exits with 4: npx serving apply dist -->\n${fence('text', 'old')}`;
    const start = page.indexOf('old');
    expect(partsOf(page)).toEqual([command('npx serving apply dist', 4), { type: 'output', start, end: start + 4 }]);
    expect(partsOf(`<!-- contents: a.yaml Service spec -->\n${fence('yaml', 'x')}`)).toMatchObject([
      { type: 'contents', of: 'a.yaml Service spec' },
    ]);
  });

  it('is never a block that nothing has produced', () => {
    expect(() => partsOf(fence('yaml', 'kind: Service'))).toThrow(/nothing has produced/);
    expect(() => partsOf(fence('', 'plain'))).toThrow(/nothing has produced/);
    expect(partsOf(fence('mermaid', 'flowchart TD'))).toEqual([]);
  });
});
