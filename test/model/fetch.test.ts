import { expect, it } from 'vitest';
import { Model, ModelCache, ModelServer, vllm } from '../../lib';
import { fieldsAt, listAt, textAt } from '../../lib/kube/fields';
import { podSpecOf } from '../../lib/kube/pod-spec';
import { inChart, SMALL } from '../harness/chart';

const hidden = Model.huggingFace({
  repo: 'company/model',
  revision: '0123456789abcdef0123456789abcdef01234567',
  size: '1Gi',
  endpoint: 'https://hub.company.internal',
  proxy: 'http://proxy.company.internal:3128',
  certificates: { configMap: 'company-ca', key: 'root.pem' },
});
const server = { image: 'vllm/vllm-openai:v0.26.0', runtime: vllm({ version: '0.26.0' }), resources: SMALL } as const;

it('downloads through a proxy, which is all that the policy opens, and trusts the given authorities', () => {
  for (const build of ['server', 'cache'] as const) {
    const objects = inChart((chart) =>
      build === 'server'
        ? new ModelServer(chart, 'it', { ...server, model: hidden })
        : new ModelCache(chart, 'it', { model: hidden, fetcher: 'vllm/vllm-openai:v0.26.0' }),
    );
    const workload = objects.find(({ kind }) => kind === 'Deployment' || kind === 'Job');
    const pod = workload && podSpecOf(workload);
    const container = pod?.initContainers?.[0] ?? pod?.containers?.[0];
    const env = Object.fromEntries(listAt(container, 'env').map((one) => [textAt(one, 'name'), textAt(one, 'value')]));
    expect(env).toMatchObject({
      HTTPS_PROXY: 'http://proxy.company.internal:3128',
      REQUESTS_CA_BUNDLE: '/var/run/certificates/root.pem',
    });
    expect(container?.volumeMounts).toContainEqual({ name: 'certificates', mountPath: '/var/run/certificates', readOnly: true });
    expect(pod?.volumes).toContainEqual({ name: 'certificates', configMap: { name: 'company-ca' } });
    const policy = objects.find(({ kind }) => kind === 'NetworkPolicy');
    const ports = listAt(policy, 'spec', 'egress').flatMap((rule) => listAt(rule, 'ports').map((port) => fieldsAt(port).port));
    expect(ports.sort()).toEqual([3128, 53, 53]);
  }
});

it('mounts a volume of another kind, and fetches nothing', () => {
  const model = Model.volume({
    volume: { csi: { driver: 'gcsfuse.csi.storage.gke.io', volumeAttributes: { bucketName: 'models' } } },
    subPath: 'gemma',
    path: '/mnt/models',
    version: 'v1',
  });
  const deployment = inChart((chart) => new ModelServer(chart, 'it', { ...server, model })).find(
    ({ kind }) => kind === 'Deployment',
  );
  const pod = deployment && podSpecOf(deployment);
  expect(pod?.initContainers).toBeUndefined();
  expect(pod?.volumes).toContainEqual({ name: 'model-storage', ...model.volume });
  expect(pod?.containers?.[0]?.volumeMounts).toContainEqual({
    ...{ name: 'model-storage', mountPath: '/mnt/models', subPath: 'gemma', readOnly: true },
  });
});

it('gives extended resources equal requests and limits, beside the devices', () => {
  const model = Model.claim({ claim: 'w', wholeVolume: true, path: '/mnt/models', version: 'v1' });
  const resources = { ...SMALL, extended: { 'rdma/hca': 2, 'hugepages-2Mi': '4Gi' } } as const;
  const deployment = inChart((chart) => new ModelServer(chart, 'it', { ...server, gpu: { count: 1 }, model, resources })).find(
    ({ kind }) => kind === 'Deployment',
  );
  const given = deployment && podSpecOf(deployment)?.containers?.[0]?.resources;
  const extended = { 'rdma/hca': '2', 'hugepages-2Mi': '4Gi', 'nvidia.com/gpu': '1' };
  expect(given).toMatchObject({ requests: extended, limits: extended });
});
