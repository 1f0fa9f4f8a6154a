import { join } from 'node:path';
import { expect, it } from 'vitest';
import { wiring, wiringSvg } from '../../lib/report';
import { ROOT, sampleObjects } from '../harness/project';

// `npm run docs` draws it anew.
it('docs/wiring.svg is the sample stack', async () => {
  await expect(wiringSvg(wiring(sampleObjects('prod', 'ml-serving-stack')))).toMatchFileSnapshot(join(ROOT, 'docs/wiring.svg'));
});
