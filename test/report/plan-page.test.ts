import { beforeAll, describe, expect, it } from 'vitest';
import type { KubeObject } from '../../lib/kube/object';
import { asFiles, rehearsal } from '../../lib/rehearsal/rehearsal';
import { type Proposal, plan } from '../../lib/release';
import { planPage } from '../../lib/report';
import { stack } from '../release/manifests';
import { sampleProposal, sampleReport } from './sample-pages';

/** The plan of some objects on an empty cluster, or on one that has others. */
async function proposalOf(objects: readonly KubeObject[], before: readonly KubeObject[] = []): Promise<Proposal> {
  const here = rehearsal({ read: (path) => asFiles(path === 'before' ? before : objects) });
  const engine = here.engine();
  const { apply } = await import('../../lib/release');
  if (before.length > 0) await here.runRelease(apply(engine, 'before', { createNamespace: true, ignoreMissing: true }));
  return here.run(plan(engine, 'after', { createNamespace: true, ignoreMissing: true }));
}

describe('the page of a plan', () => {
  let page = '';
  beforeAll(async () => {
    const { proposal, revisions } = await sampleProposal();
    page = planPage(proposal, { revisions, parity: sampleReport('ml-serving-stack') });
  });

  it('has the objects by component, the fields with what is removed and added', () => {
    const groups = [...page.matchAll(/<details class="group" data-group open><summary>([^<]*) /g)].map(([, title]) => title);
    expect(groups).toEqual([
      'feature-proxy feature-store-proxy',
      'model-server fraud-model',
      'preprocessor',
      'redis',
      'result-queue',
    ]);
    expect(page).toContain(
      '<dt><code>spec.template.spec.containers[name=fraud-model].image</code></dt><dd class="mono"><del><span aria-hidden="true">− </span><span class="unseen">removed: </span>registry.company.com/fraud-model:v2.1.0</del><ins>',
    );
    expect(page).toContain('delete</span> <b>Deployment/team-fraud-stack-result-queue</b>');
    expect(page).toContain('data-action="delete" data-kind="Deployment"');
  });

  it('draws the stack with what becomes of its parts, those that go as well', () => {
    expect(page).toMatch(/class="workload changed warn"><title>Deployment\/team-fraud-stack-fraud-model</);
    expect(page).toMatch(/class="workload changed bad"><title>Deployment\/team-fraud-stack-result-queue</);
  });

  it('has the history with its charts, and the environments', () => {
    for (const title of ['Changes', 'Wiring', 'History', 'Environments']) expect(page).toContain(`>${title}</h2>`);
    expect(page).toContain('<b>auc</b>');
    expect(page).toContain('<th scope="col">staging</th>');
  });

  it('is the same each time', async () => {
    const { proposal, revisions } = await sampleProposal();
    expect(planPage(proposal, { revisions, parity: sampleReport('ml-serving-stack') })).toBe(page);
  });

  it('shows nothing of a Secret but that it changes', async () => {
    const secret = (password: string): KubeObject => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'password', namespace: 'team' },
      stringData: { password },
    });
    const [first, second] = ['hunter-one', 'hunter-two'].map((password) =>
      stack({ namespace: 'team', more: [secret(password)] }),
    );
    const text = planPage(await proposalOf(second ?? [], first), { revisions: [] });
    expect(text).toContain('Secret/password');
    expect(text).toContain('data.password');
    for (const word of ['hunter', Buffer.from('hunter-one').toString('base64'), Buffer.from('hunter-two').toString('base64')])
      expect(text).not.toContain(word);
  });

  it('leaves values text, whatever they look like', async () => {
    const evil = '</script><img src=x onerror=alert(1)>"\'&';
    const text = planPage(
      await proposalOf(
        stack({ namespace: 'team', settings: { EVIL: evil } }),
        stack({ namespace: 'team', settings: { EVIL: 'no' } }),
      ),
      { revisions: [] },
    );
    expect(text).toContain('&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;');
    expect(text).not.toContain('<img');
    expect(text.match(/<\/script>/g)).toHaveLength(1);
  });

  it('says what would stop it, and that there is nothing to do', async () => {
    const objects = stack({ namespace: 'team' });
    const nothing = planPage(await proposalOf(objects, objects), { revisions: [] });
    expect(nothing).toContain('Nothing: the cluster has it all.');
    const immutable = objects.map((object) =>
      object.kind === 'Deployment'
        ? { ...object, spec: { ...(object.spec as object), selector: { matchLabels: { a: 'b' } } } }
        : object,
    );
    const stopped = planPage(await proposalOf(immutable, objects), { revisions: [] });
    expect(stopped).toMatch(/What would stop it<\/h2><ul class="problems"[^>]*><li>Deployment\/fraud: .*\[\w+\]<\/li>/);
  });
});
