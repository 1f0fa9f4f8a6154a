import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KubeObject } from '../../lib/kube/object';
import type { PlannedObject } from '../../lib/release';
import { historyPage, parityPage, planPage } from '../../lib/report';
import { Chromium, findChromium, type Tab } from '../harness/chromium';
import { sampleProposal, sampleReport } from '../report/sample-pages';

const program = findChromium();
if (program === undefined) console.warn('SKIPPED: pages in Chromium; apt-get install chromium');

const folder = mkdtempSync(join(tmpdir(), 'pages-'));
const urlOf = (name: string) => pathToFileURL(join(folder, `${name}.html`)).href;
const PAGES = ['plan', 'history', 'parity', 'large'] as const;
const SCHEMES = ['light', 'dark'] as const;

/** 500 objects of which each changes. */
const large = (): readonly PlannedObject[] =>
  Array.from({ length: 500 }, (_, index): PlannedObject => {
    const labels = { 'app.kubernetes.io/component': 'model-server', 'app.kubernetes.io/name': `model-${Math.floor(index / 5)}` };
    const manifest: KubeObject = {
      apiVersion: 'v1',
      kind: index % 2 === 0 ? 'Service' : 'ConfigMap',
      metadata: { name: `o-${index}`, labels },
    };
    const changes = [{ path: 'data.value', from: `old-${index}`, to: `new-${index}` }];
    return { key: manifest.metadata.name, action: 'change', manifest, changes, conflicts: [] };
  });

let chromium: Chromium;
let tab: Tab;
beforeAll(async () => {
  if (program === undefined) return;
  const { proposal, revisions } = await sampleProposal();
  const evil = '</script><img src="https://example.com/x.png" onerror="alert(1)">';
  const objects = proposal.plan.objects.map((object, index) =>
    index === 0
      ? { ...object, action: 'change' as const, changes: [{ path: evil, from: evil, to: `${evil}\n  two lines` }] }
      : object,
  );
  const problem = { code: 'FIELD_CONFLICT', subject: evil, message: 'x', remedy: 'y' } as const;
  const parity = sampleReport('ml-serving-stack');
  const texts = {
    plan: planPage({ ...proposal, plan: { ...proposal.plan, objects }, problems: [problem] }, { revisions, parity }),
    history: historyPage({ release: 'fraud', namespace: 'team' }, revisions),
    parity: parityPage(sampleReport()),
    large: planPage({ ...proposal, plan: { ...proposal.plan, objects: large() } }, { revisions: [] }),
  };
  for (const name of PAGES) writeFileSync(join(folder, `${name}.html`), texts[name]);
  chromium = new Chromium(program);
  tab = await chromium.tab();
});
afterAll(() => chromium?.close());

async function show(name: string, width = 1600, scheme: 'light' | 'dark' = 'light'): Promise<void> {
  await tab.send('Emulation.setDeviceMetricsOverride', { width, height: 900, deviceScaleFactor: 1, mobile: false });
  await tab.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] });
  await tab.open(urlOf(name));
}
const shown = () => tab.evaluate<string>(`document.querySelector('output').textContent`);
/** The entries of the first list that can be seen. */
const seen = () =>
  tab.evaluate<string[]>(
    `[...document.querySelectorAll('#plan-groups [data-entry]')].filter(e => e.checkVisibility()).map(e => e.querySelector('b').textContent)`,
  );
const type = (text: string) => tab.send('Input.insertText', { text });
const focus = (selector: string) => tab.evaluate(`void document.querySelector(${JSON.stringify(selector)}).focus()`);

/** Texts whose colour is too near to what is behind them: WCAG's contrast, below 4.5. */
const CONTRAST = `(() => {
  const parse = text => { const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number); return { r, g, b, a }; };
  const light = ({ r, g, b }) => { const [x, y, z] = [r, g, b].map(v => v / 255).map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * x + 0.7152 * y + 0.0722 * z; };
  const behind = element => {
    const box = element instanceof SVGElement && element.parentNode.querySelector(':scope > rect');
    if (box) return parse(getComputedStyle(box).fill);
    for (let here = element; here; here = here.parentElement) { const colour = parse(getComputedStyle(here).backgroundColor); if (colour.a > 0) return colour; }
    throw new Error('no ground');
  };
  const faint = new Set(); let texts = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (walker.currentNode.data.trim() === '' || ['SCRIPT', 'STYLE', 'title', 'desc'].includes(element.nodeName) || !element.checkVisibility()) continue;
    texts++;
    const style = getComputedStyle(element);
    const [a, b] = [light(parse(element instanceof SVGElement ? style.fill : style.color)), light(behind(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) faint.add(element.nodeName + '.' + (element.getAttribute('class') ?? '') + ' ' + ratio.toFixed(2));
  }
  return { texts, faint: [...faint] };
})()`;

describe.skipIf(program === undefined)('the pages in Chromium', () => {
  it.each(PAGES)('%s loads without a complaint, and asks for nothing', async (name) => {
    await show(name);
    expect(tab.complaints).toEqual([]);
    expect(tab.requests).toEqual([urlOf(name)]);
    expect(await tab.evaluate(`document.querySelectorAll('img').length`)).toBe(0);
  });

  it('runs no script and fetches no picture even where somebody had put one into a page', async () => {
    await show('history');
    await tab.evaluate(`{
      const script = document.createElement('script'); script.textContent = 'window.ran = true'; document.body.append(script);
      const picture = document.createElement('img'); picture.src = 'https://example.com/x.png'; picture.setAttribute('onerror', 'window.ran = true'); document.body.append(picture);
    }`);
    expect(await tab.evaluate('window.ran === undefined')).toBe(true);
    await expect.poll(() => tab.complaints.length).toBeGreaterThan(1);
    expect(tab.complaints.join()).toMatch(/Content Security Policy/);
    await expect.poll(() => tab.requests).toEqual([urlOf('history')]);
  });

  describe.each(PAGES)('%s', (name) => {
    it.each([400, 1600])('is not wider than %i px', async (width) => {
      await show(name, width);
      await tab.evaluate(`for (const one of document.querySelectorAll('details')) one.open = true`);
      expect(await tab.evaluate('document.documentElement.scrollWidth')).toBe(width);
      // On a telephone a row of a table stands as lines, so that nothing but pictures is scrolled sideways.
      const sideways = `[...document.querySelectorAll('.scroll:has(table)')].filter(e => e.checkVisibility() && e.scrollWidth > e.clientWidth).length`;
      if (width === 400) expect(await tab.evaluate(sideways)).toBe(0);
      // What does not fit can be scrolled to, with the keyboard too.
      const stuck = `[...document.querySelectorAll('main *')].filter(e => e.checkVisibility() && e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX === 'auto' && e.tabIndex !== 0).length`;
      expect(await tab.evaluate(stuck)).toBe(0);
      const small = `[...document.querySelectorAll('main *')].filter(e => e.checkVisibility() && parseFloat(getComputedStyle(e).fontSize) < 11).length`;
      expect(await tab.evaluate(small)).toBe(0);
    });

    it.each(SCHEMES)('can be read in %s', async (scheme) => {
      await show(name, 1600, scheme);
      await tab.evaluate(
        `for (const one of document.querySelectorAll('details, input')) { one.open = true; if (!one.checked && one.type === 'checkbox') one.click(); }`,
      );
      const { texts, faint } = await tab.evaluate<{ texts: number; faint: string[] }>(CONTRAST);
      expect(texts).toBeGreaterThan(40);
      expect(faint).toEqual([]);
      const ground = await tab.evaluate<string>('getComputedStyle(document.documentElement).backgroundColor');
      expect(ground).toBe(scheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(13, 17, 23)');
    });

    it('has a name for every control, picture and region, and one main heading', async () => {
      await show(name);
      const { nodes } = await tab.send('Accessibility.getFullAXTree');
      const tree = (nodes as readonly AxNode[]).filter(({ ignored }) => !ignored);
      const roles = [
        'button',
        'checkbox',
        'searchbox',
        'link',
        'image',
        'img',
        'region',
        'group',
        'search',
        'navigation',
        'DisclosureTriangle',
        'table',
      ];
      const asked = tree.filter(({ role }) => roles.includes(role?.value ?? ''));
      expect(asked.length).toBeGreaterThan(3);
      // A table is named by the region around it, a folded part by its summary.
      const nameless = asked.filter((node) => node.name?.value === '' && !['table', 'group'].includes(node.role?.value ?? ''));
      expect(nameless.map(({ role }) => role?.value)).toEqual([]);
      const heads = await tab.evaluate<string[]>(`[...document.querySelectorAll('h1,h2,h3')].map(e => e.localName)`);
      expect(heads.filter((one) => one === 'h1')).toHaveLength(1);
      expect(tree.some(({ role }) => ['image', 'img'].includes(role?.value ?? ''))).toBe(name !== 'parity');
    });
  });

  it('filters by words, action and kind, and says how many are left', async () => {
    await show('plan');
    expect(await shown()).toBe('16 of 16 shown');
    await focus('#changes input[type=search]');
    await type('fraud-model:v2.1.4');
    expect(await seen()).toEqual(['Deployment/team-fraud-stack-fraud-model']);
    expect(await shown()).toBe('1 of 16 shown');
    await tab.evaluate(
      `{ const box = document.querySelector('#changes input[type=search]'); box.value = ''; box.dispatchEvent(new Event('input', { bubbles: true })); }`,
    );
    await tab.evaluate(`document.querySelector('#changes input[value=create]').click()`);
    await tab.evaluate(`document.querySelector('#changes input[value=change]').click()`);
    const deleted = await seen();
    expect(deleted).toContain('Deployment/team-fraud-stack-result-queue');
    await tab.evaluate(`document.querySelector('#changes input[value=PodDisruptionBudget]').click()`);
    expect(await seen()).toEqual(deleted.filter((one) => !one.startsWith('PodDisruptionBudget')));
    // Components of which nothing is left are gone too.
    expect(
      await tab.evaluate(`[...document.querySelectorAll('[data-group]')].filter(e => e.checkVisibility()).length`),
    ).toBeLessThan(5);
  });

  it('folds by click and by keyboard', async () => {
    await show('plan');
    const open = () => tab.evaluate<boolean>(`document.querySelector('[data-group]').open`);
    await focus('[data-fold=close]');
    await tab.press('Enter');
    expect([await open(), await seen()]).toEqual([false, []]);
    await tab.press('Tab');
    expect(await tab.evaluate('document.activeElement.localName')).toBe('summary');
    await tab.press('Enter');
    expect(await open()).toBe(true);
    await tab.evaluate('document.activeElement.click()');
    expect(await open()).toBe(false);
    // Words that are looked for unfold the components they are in.
    await focus('#changes input[type=search]');
    await type('image');
    expect(await seen()).not.toEqual([]);
  });

  it('can be filtered with the keyboard alone', async () => {
    await show('parity');
    for (let steps = 0; steps < 5 && (await tab.evaluate('document.activeElement.type')) !== 'search'; steps++)
      await tab.press('Tab');
    await type('replicas');
    expect(await shown()).toMatch(/^[1-9]\d* of \d+ shown$/);
    const before = await shown();
    for (const _ of 'udE') await tab.press('Tab');
    await tab.press(' ');
    expect(await tab.evaluate('document.activeElement.value + document.activeElement.checked')).toBe('equaltrue');
    expect(await shown()).not.toBe(before);
  });

  it('unfolds what is printed', async () => {
    await show('plan');
    await tab.evaluate(`document.querySelector('[data-fold=close]').click()`);
    const { data } = await tab.send('Page.printToPDF');
    expect(Buffer.from(String(data), 'base64').subarray(0, 5).toString()).toBe('%PDF-');
    expect(await tab.evaluate(`[...document.querySelectorAll('details')].every(one => one.open)`)).toBe(true);
  });

  it('holds 500 objects, and filters them while somebody types', async () => {
    await show('large');
    expect(await shown()).toBe('500 of 500 shown');
    await focus('input[type=search]');
    for (const letter of 'o-499') await type(letter);
    expect(await seen()).toEqual(['ConfigMap/o-499']);
    expect(await shown()).toBe('1 of 500 shown');
  });
});

interface AxNode {
  readonly ignored: boolean;
  readonly role?: { readonly value: string };
  readonly name?: { readonly value: string };
}
