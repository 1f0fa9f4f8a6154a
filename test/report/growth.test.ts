import { expect, it } from 'vitest';
import type { KubeObject } from '../../lib/kube/object';
import { parityMatrix } from '../../lib/parity/matrix';
import type { Project } from '../../lib/project/project';
import { asFiles, rehearsal } from '../../lib/rehearsal/rehearsal';
import { plan } from '../../lib/release';
import { parityPage, planPage, wiring, wiringMermaid, wiringSvg } from '../../lib/report';
import { renderProject } from '../../lib/synth/render-project';
import { sampleProject } from '../harness/project';
import { steep, workOf } from '../harness/work';
import { stack } from '../release/manifests';

const fleet = (count: number, version = 'v1'): readonly KubeObject[] =>
  Array.from({ length: count }, (_, i) =>
    stack({ release: `m${i}`, namespace: 'here', version }).map((object) => {
      const labels = { ...object.metadata.labels, 'cdk8s-serving/release': 'fleet' };
      return { ...object, metadata: { ...object.metadata, labels } };
    }),
  ).flat();

/** Four times the models, four times the work, in all and of each function. */
const grows = (run: (count: number) => void): void => {
  run(2); // what runs only once
  const [few, many] = [workOf(() => run(8)), workOf(() => run(32))];
  expect(few.steps).toBeGreaterThan(1_000);
  expect(many.steps / few.steps).toBeLessThan(4 ** 1.1);
  expect(steep(few, many, 4)).toEqual([]);
};

it('draws graphs in proportion to objects', () => {
  grows((count) => {
    const graph = wiring(fleet(count));
    expect(wiringSvg(graph).length + wiringMermaid(graph).length).toBeGreaterThan(count * 100);
  });
});

it('writes the page of a plan in proportion to objects', async () => {
  const here = rehearsal({ read: (path) => asFiles(fleet(Number(path))) });
  const engine = here.engine();
  const counts = [2, 8, 32];
  const options = { release: 'fleet', createNamespace: true };
  const plans = new Map<number, Awaited<ReturnType<typeof plan>>>();
  for (const count of counts) plans.set(count, await here.run(plan(engine, String(count), options)));
  grows((count) => {
    const proposal = plans.get(count);
    expect(proposal && planPage(proposal, { revisions: [] })).toContain(`m${count - 1}`);
  });
});

/** A project with so many copies of the stack `my-model`. */
function copies(count: number): Project {
  const { base = {}, environments, ...project } = sampleProject();
  const [original] = project.stacks.filter(({ name }) => name === 'my-model');
  if (original === undefined) throw new Error('the sample project has no my-model');
  const names = Array.from({ length: count }, (_, index) => `my-model-${index}`);
  const named = (config: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(names.map((name) => [name, { ...(config['my-model'] as object), release: name }]));
  return {
    ...project,
    stacks: names.map((name) => ({ ...original, name })),
    base: named(base),
    environments: environments.map((environment) => ({ ...environment, stacks: named(environment.stacks) })),
  };
}

it('renders and compares stacks in proportion to their number', () => {
  grows((count) => {
    const rendered = renderProject(copies(count));
    expect(rendered).toHaveLength(3 * count);
    const matrix = parityMatrix(rendered, ['dev', 'staging', 'prod'], []);
    expect(parityPage({ ...matrix, unused: [] })).toContain(`my-model-${count - 1}`);
  });
});
