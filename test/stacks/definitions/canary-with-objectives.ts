import type { Construct } from 'constructs';
import {
  canary,
  MetricsExporter,
  Model,
  ModelServer,
  mlserver,
  Objectives,
  Route,
  type ServiceObjectives,
  ServingStack,
} from '../../../lib';

/** Two scikit-learn models of a bucket in one MLServer, whose new versions get requests step by step as long as they keep the objectives. */
export function canaryWithObjectives(scope: Construct): ServingStack {
  const stack = new ServingStack(scope, 'risk', { namespace: 'stacks', external: ['Gateway/internal'] });
  const objectives: ServiceObjectives = { availability: 0.999, requestSeconds: { below: 0.25, fraction: 0.99 } };
  const prometheus = 'http://prometheus-operated.monitoring.svc:9090';
  const server = new ModelServer(stack, 'models', {
    model: Model.objectStore({
      uri: 'gs://models/risk/v7/',
      version: 'v7',
      size: '1Gi',
      fetcher: 'google/cloud-sdk:529.0.0-slim',
      workloadIdentity: { 'iam.gke.io/gcp-service-account': 'risk@company.iam.gserviceaccount.com' },
    }),
    image: 'seldonio/mlserver:1.7.1-sklearn',
    runtime: mlserver({ version: '1.7.1', models: ['fraud', 'churn'] }),
    autoscaling: { min: 2, max: 8, on: 'running', target: 4, by: { keda: { prometheus } } },
    strategy: canary({ steps: [5, 25, 50], hold: '10m', measure: { prometheus, objectives } }),
    resources: { requests: { cpu: '1', memory: '2Gi' }, limits: { memory: '3Gi' } },
  });
  new Route(stack, 'route', {
    gateway: { name: 'internal', namespace: 'gateways' },
    hostnames: ['risk.company.internal'],
    to: server,
  });
  new MetricsExporter(stack, 'metrics', { mode: 'pod-monitor', targets: [server] });
  new Objectives(stack, 'objectives', {
    servers: [{ of: server, ...objectives }],
    ruleLabels: { release: 'kube-prometheus-stack' },
  });
  return stack;
}
