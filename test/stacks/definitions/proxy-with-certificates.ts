import type { Construct } from 'constructs';
import { MetricsExporter, Model, ModelServer, ServingStack, vllm } from '../../../lib';

const listeners = [{ name: 'front', address: { socket_address: { address: '0.0.0.0', port_value: 8443 } } }];
const clusters = [{ name: 'server', type: 'STATIC', load_assignment: { cluster_name: 'server' } }];

/** Envoy in the server's pods asks clients for certificates; addresses of both families, from a load balancer inside the network. */
export function proxyWithCertificates(scope: Construct): ServingStack {
  const stack = new ServingStack(scope, 'private', {
    namespace: 'stacks',
    kubernetesVersion: '1.31',
    external: ['Secret/server-certificate', 'ConfigMap/client-ca', 'PersistentVolumeClaim/weights'],
  });
  const server = new ModelServer(stack, 'mistral', {
    model: Model.claim({ claim: 'weights', subPath: 'mistral-small', path: '/mnt/models', version: 'v3.2' }),
    image: 'vllm/vllm-openai:v0.26.0',
    runtime: vllm({ version: '0.26.0', maxModelLen: 16_384 }),
    gpu: { count: 1, product: 'NVIDIA-L40S' },
    replicas: 2,
    frontProxy: {
      name: 'envoy',
      image: 'envoyproxy/envoy:distroless-v1.36.2',
      port: 8443,
      protocol: 'https',
      files: { '/etc/envoy/envoy.yaml': JSON.stringify({ static_resources: { listeners, clusters } }) },
      args: ['--config-path', '/etc/envoy/envoy.yaml', '--drain-time-s', '45'],
      volumeMounts: [
        { name: 'certificate', mountPath: '/etc/certificates', readOnly: true },
        { name: 'clients', mountPath: '/etc/clients', readOnly: true },
      ],
      resources: { requests: { cpu: '500m', memory: '256Mi' }, limits: { memory: '512Mi' } },
    },
    volumes: [
      { name: 'certificate', source: { secret: { secretName: 'server-certificate' } } },
      { name: 'clients', source: { configMap: { name: 'client-ca' } } },
    ],
    servicePort: 443,
    service: {
      type: 'LoadBalancer',
      reason: 'clients in the private network, which Envoy asks for certificates',
      annotations: { 'networking.gke.io/load-balancer-type': 'Internal' },
      ipFamilyPolicy: 'PreferDualStack',
      trafficDistribution: 'PreferClose',
    },
    resources: { requests: { cpu: '8', memory: '48Gi' }, limits: { memory: '64Gi' } },
  });
  new MetricsExporter(stack, 'metrics', { mode: 'pod-monitor', targets: [server] });
  return stack;
}
