import { describe, expect, it } from 'vitest';
import { Preprocessor, RayServer, type RayServerProps, rayServe } from '../../lib';
import { runChecks } from '../../lib/checks';
import { fieldsAt, listAt, textAt } from '../../lib/kube/fields';
import type { KubeObject } from '../../lib/kube/object';
import { podTemplatesOf } from '../../lib/kube/pod-spec';
import { inChart, problemsIn, SMALL } from '../harness/chart';

const props: RayServerProps = {
  image: 'rayproject/ray:2.54.0-py311',
  runtime: rayServe({ version: '2.54.0' }),
  applications: [{ name: 'fraud', import_path: 'fraud.app:deployment', route_prefix: '/fraud' }],
  serveConfig: { http_options: { request_timeout_s: 30 } },
  head: { resources: SMALL },
  workers: { gpu: { replicas: 2, gpu: { count: 4 }, resources: SMALL } },
};
const rendered = (more: Partial<RayServerProps> = {}) => inChart((chart) => new RayServer(chart, 'ray', { ...props, ...more }));
const ofKind = (objects: readonly KubeObject[], kind: string) => objects.find((object) => object.kind === kind) as KubeObject;

describe('RayServer', () => {
  it('passes the applications on as they are, with every further field', () => {
    const service = ofKind(rendered(), 'RayService');
    expect(JSON.parse(textAt(service, 'spec', 'serveConfigV2') ?? '')).toEqual({
      http_options: { request_timeout_s: 30 },
      applications: props.applications,
    });
  });

  it('renders pods that every pod rule sees, with the devices of a group on its workers only', () => {
    const templates = podTemplatesOf(ofKind(rendered(), 'RayService'));
    expect(templates.map(({ part, perReplica }) => [part, perReplica])).toEqual([
      ['leader', 1],
      ['worker', 2],
    ]);
    const [head, worker] = templates.map(({ spec }) => spec.containers?.[0] ?? { name: '' });
    expect(fieldsAt(head, 'resources', 'limits')).not.toHaveProperty('nvidia.com/gpu');
    expect(fieldsAt(worker, 'resources', 'limits')).toMatchObject({ 'nvidia.com/gpu': '4' });
    expect(listAt(worker, 'ports').map((port) => fieldsAt(port).name)).toEqual(['serve', 'metrics']);
  });

  it('gives the head a token only where Ray scales', () => {
    const tokens = (more: Partial<RayServerProps>) =>
      podTemplatesOf(ofKind(rendered(more), 'RayService')).map(({ spec }) => spec.automountServiceAccountToken);
    const scaled = { gpu: { replicas: 1, maxReplicas: 3, resources: SMALL } };
    expect(tokens({})).toEqual([false, false]);
    expect(tokens({ workers: scaled })).toEqual([true, false]);
  });

  it('is called by the name of the Service that KubeRay makes, and a check knows a wrong one', () => {
    const objects = inChart((chart) => {
      const next = new RayServer(chart, 'ray', props);
      new Preprocessor(chart, 'client', { image: 'registry.company.com/client:1.0.0', next, resources: SMALL });
    });
    const codes = (of: readonly KubeObject[]) => runChecks(of, { scope: 'stack' }).map(({ code }) => code);
    expect(codes(objects)).toEqual([]);
    const url = `http://${ofKind(objects, 'RayService').metadata.name}:8000`;
    const text = JSON.stringify(objects);
    expect(text).toContain(url);
    expect(codes(JSON.parse(text.replace(url, url.replace(':8000', '-serv:8000'))))).toContain('DANGLING_ADDRESS');
    expect(codes(JSON.parse(text.replace(url, url.replace(':8000', ':9000'))))).not.toEqual([]);
  });

  it('refuses a group that starts above its maximum, and two applications of one name', () => {
    const codes = (more: Partial<RayServerProps>) =>
      problemsIn((chart) => new RayServer(chart, 'ray', { ...props, ...more })).map(({ path }) => path);
    expect(codes({ workers: { gpu: { replicas: 3, maxReplicas: 2, resources: SMALL } } })).toEqual(['workers.gpu.maxReplicas']);
    expect(codes({ applications: [...props.applications, ...props.applications] })).toEqual(['applications[1].name']);
  });
});
