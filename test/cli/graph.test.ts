import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { serving } from './run-serving';

describe('serving graph', () => {
  it('draws a folder as Mermaid, as JSON, and as a picture that stands alone', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'graph-')), 'wiring.svg');
    const folder = 'dist/prod/ml-serving-stack';
    const [mermaid, json, svg] = await Promise.all([
      serving('graph', folder),
      serving('graph', folder, '-o', 'json'),
      serving('graph', folder, '-o', 'svg', '--output-file', file),
    ]);
    expect([mermaid.code, json.code, svg.code]).toEqual([0, 0, 0]);
    expect(mermaid.out).toMatch(/^flowchart TD\n[\s\S]*-->\|"REDIS_HOST, network policy"\|/);
    expect(JSON.parse(json.out)).toMatchObject({ nodes: expect.arrayContaining([expect.objectContaining({ name: 'redis' })]) });
    expect(svg.out).toBe('');
    expect(readFileSync(file, 'utf8')).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" [\s\S]*<style>[\s\S]*<\/svg>\n$/);
  });

  it('says what cannot be read', async () => {
    const { code, err } = await serving('graph', '/nowhere');
    expect([code, err]).toEqual([1, expect.stringContaining('/nowhere')]);
  });
});
