import { isObj } from '../../../lib/api-schema/json';
import type { Obj } from '../../../lib/kube/fields';
import { container, jobSpec, KINDS_UNDER_TEST, object, podSpec, SAMPLES, URLS, workload } from './objects';
import type { Scenario, StepOf } from './play';
import { del, get, json, made, merge, metaOf, post, put, putBack, set, ssa, strategic } from './steps';

const scenario = (name: string, ...steps: StepOf[]): Scenario => ({ name, steps });

const D = 'Deployment';
const C = 'ConfigMap';
const CLAIM = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };

/** For every kind: its life, its refusals, its field ownership. */
const perKind: Scenario[] = KINDS_UNDER_TEST.flatMap((kind) => [
  scenario(
    `${kind}: create, read, label, delete`,
    made(kind),
    get(kind),
    merge(kind, { metadata: { labels: { a: 'b' } } }),
    merge(kind, { metadata: { labels: { a: 'b' } } }),
    get(kind),
    del(kind),
    get(kind),
  ),
  scenario(`${kind}: created twice`, made(kind), made(kind)),
  scenario(
    `${kind}: dry runs`,
    post(kind, object(kind, SAMPLES[kind]), 'dryRun=All'),
    get(kind),
    made(kind),
    merge(kind, { metadata: { annotations: { a: 'b' } } }, 'dryRun=All'),
    get(kind),
    del(kind, 'dryRun=All'),
    get(kind),
  ),
  scenario(
    `${kind}: unknown field`,
    post(kind, { ...object(kind, SAMPLES[kind]), nope: 1 }, 'fieldValidation=Strict'),
    post(kind, { ...object(kind, SAMPLES[kind]), nope: 1 }),
  ),
  scenario(`${kind}: bad name`, post(kind, object(kind, SAMPLES[kind], 'A_b')), post(kind, object(kind, SAMPLES[kind], ''))),
  scenario(
    `${kind}: bad labels`,
    post(kind, object(kind, SAMPLES[kind], 'x', { labels: { 'a b': 'c' } })),
    post(kind, object(kind, SAMPLES[kind], 'x', { labels: { a: 'c d' } })),
  ),
  scenario(
    `${kind}: applied by two managers`,
    ssa(kind, SAMPLES[kind], 'a'),
    ssa(kind, SAMPLES[kind], 'b'),
    ssa(kind, { ...SAMPLES[kind], metadata: { name: 'x', labels: { l: '1' } } }, 'a'),
    ssa(kind, { metadata: { name: 'x', labels: { l: '2' } } }, 'b'),
    ssa(kind, { metadata: { name: 'x', labels: { l: '2' } } }, 'b', 'force=true'),
    get(kind),
  ),
  scenario(
    `${kind}: applied, dry`,
    ssa(kind, SAMPLES[kind], 'a', 'dryRun=All'),
    get(kind),
    ssa(kind, SAMPLES[kind]),
    ssa(kind, SAMPLES[kind]),
    ssa(kind, SAMPLES[kind], 'a', 'dryRun=All&force=true'),
  ),
  scenario(
    `${kind}: put back unchanged and changed`,
    made(kind),
    putBack(kind, -1, (read) => read),
    putBack(kind, -1, set('v', 'metadata', 'annotations', 'k')),
    get(kind),
  ),
  scenario(
    `${kind}: put a stale version`,
    made(kind),
    merge(kind, { metadata: { labels: { a: 'b' } } }),
    putBack(kind, 0, set('v', 'metadata', 'annotations', 'k')),
  ),
  scenario(
    `${kind}: put without a version`,
    made(kind),
    putBack(kind, 0, (read) => set(undefined, 'metadata', 'resourceVersion')(set('v', 'metadata', 'annotations', 'k')(read))),
  ),
  scenario(
    `${kind}: put of another uid`,
    made(kind),
    putBack(kind, 0, set('11111111-1111-4111-8111-111111111111', 'metadata', 'uid')),
  ),
  scenario(
    `${kind}: finalizer holds it`,
    post(kind, object(kind, SAMPLES[kind], 'x', { finalizers: ['example.com/hold'] })),
    del(kind),
    get(kind),
    del(kind),
    merge(kind, { metadata: { finalizers: ['example.com/hold', 'example.com/more'] } }),
    json(kind, [{ op: 'remove', path: '/metadata/finalizers' }]),
    get(kind),
  ),
  scenario(
    `${kind}: delete with preconditions`,
    made(kind),
    del(kind, '', { preconditions: { uid: 'nope' } }),
    del(kind, '', { preconditions: { resourceVersion: '1' } }),
    (seen) => ({ ...del(kind), body: { preconditions: { uid: metaOf(seen, 0, 'uid') } } }),
    get(kind),
  ),
  scenario(
    `${kind}: propagation`,
    made(kind),
    del(kind, 'propagationPolicy=Foreground'),
    get(kind),
    merge(kind, { metadata: { finalizers: null } }),
    made(kind),
    del(kind, 'propagationPolicy=Orphan'),
    get(kind),
  ),
  scenario(
    `${kind}: lists`,
    made(kind),
    { method: 'GET', path: `${URLS[kind]}?labelSelector=a%3Db` },
    merge(kind, { metadata: { labels: { a: 'b' } } }),
    { method: 'GET', path: `${URLS[kind]}?labelSelector=a%20in%20(b,c),!z` },
    { method: 'GET', path: `${URLS[kind]}?fieldSelector=metadata.name%3Dx` },
  ),
  scenario(
    `${kind}: collection deleted`,
    post(kind, object(kind, SAMPLES[kind], 'x', { labels: { a: 'b' } })),
    { method: 'DELETE', path: `${URLS[kind]}?labelSelector=a%3Dc` },
    get(kind),
  ),
  scenario(`${kind}: absent`, get(kind), merge(kind, {}), put(kind, object(kind, SAMPLES[kind])), del(kind), json(kind, [])),
  scenario(`${kind}: wrong methods`, { method: 'PUT', path: URLS[kind] }, { method: 'POST', path: `${URLS[kind]}/x` }),
]);

const apply: Scenario[] = [
  scenario('apply: fields given up go', ssa(C, { data: { a: '1', b: '2' } }), ssa(C, { data: { a: '1' } }), ssa(C, {}), get(C)),
  scenario(
    'apply: shared fields stay',
    ssa(C, { data: { a: '1', b: '2' } }),
    ssa(C, { data: { a: '1' } }, 'b'),
    ssa(C, {}),
    get(C),
    ssa(C, {}, 'b'),
  ),
  scenario(
    'apply: conflicts with one and with two',
    ssa(C, { data: { a: '1', b: '1' } }),
    ssa(C, { data: { a: '2' } }, 'b'),
    ssa(C, { data: { a: '2', b: '2' } }, 'b'),
    merge(C, { data: { b: '3', c: '3' } }, 'fieldManager=m'),
    ssa(C, { data: { a: '2', b: '2', c: '2' } }, 'b'),
    ssa(C, { data: { a: '2', b: '2', c: '2' } }, 'b', 'force=true'),
    get(C),
  ),
  scenario(
    'apply: same value, no conflict',
    ssa(C, { data: { a: '1' } }),
    merge(C, { data: { a: '2' } }, 'fieldManager=m'),
    ssa(C, { data: { a: '2' } }),
    ssa(C, {}),
    get(C),
  ),
  scenario(
    'apply over an update',
    made(C),
    ssa(C, { data: { a: '1' } }),
    ssa(C, { data: { a: '2' } }),
    ssa(C, { data: { a: '2' } }, 'a', 'force=true'),
    ssa(C, {}),
  ),
  scenario('apply: null values', ssa(C, { data: { a: null } }), ssa(C, { data: null }), ssa(D, workload({ replicas: null }))),
  scenario(
    'apply: empty maps and lists',
    ssa(C, { data: {} }),
    ssa(C, { data: { a: '1' } }),
    ssa(C, { data: {} }),
    ssa(D, workload({}, {}, { ports: [], env: [] })),
    get(D),
  ),
  scenario(
    'apply: env by name',
    ssa(
      D,
      workload(
        {},
        {},
        {
          env: [
            { name: 'A', value: '1' },
            { name: 'B', value: '2' },
          ],
        },
      ),
    ),
    ssa(D, workload({}, {}, { env: [{ name: 'C', value: '3' }] }), 'b'),
    ssa(D, workload({}, {}, { env: [{ name: 'B', value: '2' }] })),
    get(D),
  ),
  scenario(
    'apply: order of items',
    ssa(D, workload({}, {}, { env: [{ name: 'A' }, { name: 'B' }, { name: 'C' }] })),
    ssa(D, workload({}, {}, { env: [{ name: 'C' }, { name: 'X' }, { name: 'A' }] }), 'b'),
    ssa(D, workload({}, {}, { env: [{ name: 'C' }, { name: 'B' }, { name: 'A' }] })),
  ),
  scenario(
    'apply: ports by number and protocol',
    ssa(D, workload({}, {}, { ports: [{ containerPort: 80 }, { containerPort: 81, protocol: 'UDP' }] })),
    ssa(D, workload({}, {}, { ports: [{ containerPort: 80, name: 'http' }] })),
    ssa(D, workload({}, {}, { ports: [{ containerPort: 80, protocol: 'UDP' }] }), 'b'),
  ),
  scenario(
    'apply: second container',
    ssa(D, workload()),
    ssa(D, { spec: { template: { spec: { containers: [{ name: 'side', image: 'side:1' }] } } } }, 'b'),
    ssa(D, workload({}, {}, { image: 'web:2' })),
    ssa(D, { spec: { template: { spec: { containers: [] } } } }, 'b'),
    get(D),
  ),
  scenario(
    'apply: replicas handed over',
    ssa(D, workload({ replicas: 2 })),
    merge(D, { spec: { replicas: 5 } }, 'fieldManager=scaler'),
    ssa(D, workload({ replicas: 3 })),
    ssa(D, workload()),
    get(D),
    ssa(D, workload({ replicas: 5 })),
    ssa(D, workload({ replicas: 6 }), 'a', 'force=true'),
  ),
  scenario('apply: replicas given up return to the default', ssa(D, workload({ replicas: 3 })), ssa(D, workload()), get(D)),
  scenario(
    'apply: scaled by the sub-resource',
    ssa(D, workload({ replicas: 2 })),
    {
      method: 'PATCH',
      path: `${URLS.Deployment}/x/scale?fieldManager=hpa`,
      body: { spec: { replicas: 4 } },
      type: 'application/merge-patch+json',
    },
    ssa(D, workload({ replicas: 2 })),
    get(D),
    { method: 'GET', path: `${URLS.Deployment}/x/scale` },
  ),
  scenario(
    'apply: quantities in other words',
    ssa(D, workload({}, {}, { resources: { limits: { cpu: '1000m', memory: '1024Mi' }, requests: { cpu: '0.5' } } })),
    ssa(D, workload({}, {}, { resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m' } } })),
    ssa(D, workload({}, {}, { resources: { limits: { cpu: '1000m' } } }), 'b'),
  ),
  scenario(
    'apply: atomic lists and maps',
    ssa(D, workload({}, { nodeSelector: { a: 'b' }, tolerations: [{ key: 'a', operator: 'Exists' }] }, { args: ['a', 'b'] })),
    ssa(D, workload({}, { nodeSelector: { c: 'd' } }, { args: ['c'] }), 'b'),
    ssa(D, workload({}, {}, { args: ['a'] })),
  ),
  scenario("apply: status is nobody's", ssa(D, { ...workload(), status: { replicas: 5 } }), get(D)),
  scenario(
    'apply: wrong types',
    ssa(D, workload({ replicas: 'x' })),
    ssa(D, workload({ replicas: 1.5 })),
    ssa(C, { data: { a: 1 } }),
    ssa(C, { data: ['a'] }),
    ssa(C, { immutable: 'x' }),
    ssa(D, workload({}, {}, { ports: { a: 1 } })),
    ssa(D, workload({}, {}, { resources: { limits: { cpu: 'x' } } })),
  ),
  scenario(
    'apply: unknown fields',
    ssa(C, { nope: 1 }),
    ssa(D, workload({ nope: {} })),
    ssa(D, workload({}, {}, { nope: [] })),
    ssa(D, { ...workload(), metadata: { name: 'x', nope: 1 } }),
  ),
  scenario(
    'apply: duplicate items',
    ssa(D, workload({}, {}, { env: [{ name: 'A' }, { name: 'A' }] })),
    ssa(C, { metadata: { name: 'x', finalizers: ['a.b/c', 'a.b/c'] } }),
  ),
  scenario(
    'apply: items without a key',
    ssa(D, workload({}, { containers: [{ image: 'a' }] })),
    ssa(D, workload({}, {}, { ports: [{ name: 'a' }] })),
  ),
  scenario(
    'apply: preconditions',
    ssa(C, { metadata: { name: 'x', uid: 'abc' } }),
    ssa(C, { metadata: { name: 'x', resourceVersion: '1' } }),
    ssa(C, { metadata: { name: 'x', resourceVersion: '1' } }),
    ssa(C, { metadata: { name: 'x', uid: 'abc' } }),
    (seen) =>
      ssa(C, {
        metadata: { name: 'x', resourceVersion: metaOf(seen, 1, 'resourceVersion'), uid: metaOf(seen, 1, 'uid') },
        data: { a: '1' },
      }),
  ),
  scenario('apply: without a manager', {
    method: 'PATCH',
    path: `${URLS.ConfigMap}/x`,
    body: object(C),
    type: 'application/apply-patch+yaml',
  }),
  scenario(
    'apply: other name, kind, version, namespace',
    ssa(C, { metadata: { name: 'y' } }),
    ssa(C, { kind: 'Secret' }),
    ssa(C, { apiVersion: 'v2' }),
    ssa(C, { metadata: { name: 'x', namespace: 'other' } }),
    ssa(C, { metadata: { name: 'x', managedFields: [{}] } }),
  ),
  scenario('apply: yaml', {
    method: 'PATCH',
    path: `${URLS.ConfigMap}/x?fieldManager=a`,
    body: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\ndata:\n  a: "1"\n',
    type: 'application/apply-patch+yaml',
  }),
  scenario(
    'apply: finalizers as a set',
    ssa(C, { metadata: { name: 'x', finalizers: ['a.b/c'] } }),
    ssa(C, { metadata: { name: 'x', finalizers: ['a.b/d'] } }, 'b'),
    ssa(C, { metadata: { name: 'x' } }),
    get(C),
  ),
  scenario(
    'apply: owner references',
    ssa(C, {
      metadata: {
        name: 'x',
        ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'o', uid: '11111111-1111-4111-8111-111111111111' }],
      },
    }),
    ssa(C, {}),
  ),
  scenario(
    'apply: strategy replaced',
    ssa(D, workload({ strategy: { type: 'Recreate' } })),
    ssa(D, workload({ strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } })),
    ssa(D, workload()),
  ),
  scenario(
    'apply: volumes and mounts',
    ssa(
      D,
      workload(
        {},
        {
          volumes: [
            { name: 'v', emptyDir: {} },
            { name: 'w', configMap: { name: 'c' } },
          ],
        },
        {
          volumeMounts: [
            { name: 'v', mountPath: '/v' },
            { name: 'w', mountPath: '/w' },
          ],
        },
      ),
    ),
    ssa(
      D,
      workload(
        {},
        { volumes: [{ name: 'v', emptyDir: { sizeLimit: '1Gi' } }] },
        { volumeMounts: [{ name: 'v', mountPath: '/v', readOnly: true }] },
      ),
    ),
    ssa(
      D,
      workload({}, { volumes: [{ name: 'v', secret: { secretName: 's' } }] }, { volumeMounts: [{ name: 'v', mountPath: '/v' }] }),
    ),
  ),
  scenario(
    'apply: probes',
    ssa(
      D,
      workload(
        {},
        {},
        {
          livenessProbe: { httpGet: { port: 'http', path: '/live' } },
          readinessProbe: { tcpSocket: { port: 80 }, periodSeconds: 5 },
          startupProbe: { exec: { command: ['a'] }, failureThreshold: 60 },
        },
      ),
    ),
    ssa(D, workload({}, {}, { livenessProbe: { grpc: { port: 80 } } })),
  ),
  scenario(
    'apply: Job template is immutable',
    ssa('Job', jobSpec()),
    ssa('Job', jobSpec({}, {}, { image: 'web:2' })),
    ssa('Job', jobSpec({ backoffLimit: 3 })),
    ssa('Job', jobSpec({ suspend: true })),
    ssa('Job', jobSpec({ completions: 2 })),
    ssa('Job', jobSpec({ parallelism: 2 })),
  ),
  scenario(
    'apply: claims of a StatefulSet',
    ssa('StatefulSet', workload({ serviceName: 'x', volumeClaimTemplates: [{ metadata: { name: 'd' }, spec: CLAIM }] })),
    ssa(
      'StatefulSet',
      workload({ serviceName: 'x', volumeClaimTemplates: [{ metadata: { name: 'd' }, spec: CLAIM }] }, {}, { image: 'web:2' }),
    ),
    ssa('StatefulSet', workload({ serviceName: 'x' })),
  ),
  scenario(
    'apply: Service ports',
    ssa('Service', {
      spec: {
        selector: { app: 'x' },
        ports: [
          { port: 80, name: 'a' },
          { port: 81, name: 'b' },
        ],
      },
    }),
    ssa('Service', { spec: { selector: { app: 'x' }, ports: [{ port: 80, name: 'a', targetPort: 8080 }] } }),
    ssa('Service', { spec: { selector: { app: 'y' } } }, 'b'),
  ),
  scenario(
    'apply: many updaters',
    made(C),
    ...Array.from({ length: 12 }, (_, i) => merge(C, { data: { [`k${i}`]: 'v' } }, `fieldManager=m${i}`)),
    get(C),
  ),
  scenario(
    'managedFields cleared',
    ssa(C, { data: { a: '1' } }),
    json(C, [{ op: 'replace', path: '/metadata/managedFields', value: [{}] }]),
    ssa(C, { data: { a: '2' } }),
  ),
];

const writes: Scenario[] = [
  scenario(
    'generation',
    made(D),
    merge(D, { spec: { replicas: 3 } }),
    merge(D, { metadata: { labels: { a: 'b' } } }),
    merge(D, { metadata: { annotations: { a: 'b' } } }),
    merge(D, { status: { replicas: 3 } }),
    {
      ...merge(D, { status: { replicas: 3, observedGeneration: 1 }, spec: { replicas: 9 } }),
      path: `${URLS.Deployment}/x/status`,
    },
    get(D),
    del(D, 'propagationPolicy=Foreground'),
    get(D),
  ),
  scenario(
    'status sub-resource',
    made('Job'),
    { method: 'PUT', path: `${URLS.Job}/x/status`, body: object('Job', { ...jobSpec(), status: { active: 1 } }) },
    { ...merge('Job', { status: { ready: 1 } }, 'fieldManager=c'), path: `${URLS.Job}/x/status?fieldManager=c` },
    get('Job'),
    { method: 'GET', path: `${URLS.Job}/x/status` },
  ),
  scenario(
    'scale',
    made(D),
    { method: 'PUT', path: `${URLS.Deployment}/x/scale`, body: { metadata: { name: 'x' }, spec: { replicas: 7 } } },
    get(D),
  ),
  scenario(
    'merge patch',
    made(C),
    merge(C, { data: { a: null, c: '3' } }),
    merge(C, { data: null }),
    merge(C, { nope: 1 }),
    merge(C, { metadata: { name: 'y' } }),
    merge(C, { metadata: { resourceVersion: '1' } }),
    merge(C, { metadata: { uid: 'x' } }),
  ),
  scenario(
    'json patch',
    made(C),
    json(C, [
      { op: 'add', path: '/data/c', value: '3' },
      { op: 'remove', path: '/data/a' },
      { op: 'replace', path: '/data/b', value: '9' },
    ]),
    json(C, [{ op: 'test', path: '/data/b', value: 'no' }]),
    json(C, [{ op: 'remove', path: '/data/nope' }]),
    json(C, [
      { op: 'copy', from: '/data/b', path: '/data/d' },
      { op: 'move', from: '/data/b', path: '/data/e' },
    ]),
    json(C, { a: 1 }),
    json(C, [{ op: 'nope', path: '/data' }]),
  ),
  scenario(
    'strategic patch',
    made(D),
    strategic(D, {
      spec: {
        template: {
          spec: {
            containers: [
              { name: 'c', env: [{ name: 'A', value: '1' }] },
              { name: 'd', image: 'd:1' },
            ],
          },
        },
      },
    }),
    strategic(D, { spec: { template: { spec: { containers: [{ name: 'd', $patch: 'delete' }] } } } }),
    strategic(D, { spec: { template: { spec: { containers: [{ name: 'c', env: [{ name: 'A', $patch: 'delete' }] }] } } } }),
    strategic(D, { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } }),
    strategic(D, { metadata: { labels: { a: null, b: 'c' } } }),
    strategic(D, { metadata: { finalizers: ['a.b/c'] } }),
  ),
  scenario('strategic patch of unknown field', made(D), strategic(D, { nope: 1 }), strategic(D, { spec: { nope: 1 } })),
  scenario('unsupported patch', made(C), { ...merge(C, {}), type: 'application/foo' }, { ...merge(C, {}), type: 'text/plain' }),
  scenario('bodies that are none', post(C, ''), post(C, '{'), post(C, '[]'), put(C, 'x'), merge(C, '{')),
  scenario(
    'kinds that are none',
    { method: 'GET', path: '/api/v1/namespaces/NS/nopes' },
    { method: 'GET', path: '/apis/nope.example/v1/namespaces/NS/nopes' },
    { method: 'GET', path: '/apis/nope.example/v1' },
    { method: 'GET', path: '/nope' },
    { method: 'GET', path: '/apis/apps/v2/deployments' },
    { method: 'GET', path: '/api/v1/namespaces/NS/configmaps/x/status' },
  ),
  scenario(
    'wrong kind in a body',
    post(C, object('Secret')),
    post(C, { apiVersion: 'v2', kind: 'ConfigMap', metadata: { name: 'x' } }),
    post(C, { metadata: { name: 'x' } }),
  ),
  scenario(
    'wrong namespace',
    post(C, object(C, {}, 'x', { namespace: 'other' })),
    { method: 'POST', path: '/api/v1/namespaces/nope-nope/configmaps', body: object(C) },
    { method: 'GET', path: '/api/v1/namespaces/nope-nope/configmaps' },
  ),
  scenario(
    'version in a create',
    post(C, object(C, {}, 'x', { resourceVersion: '5' })),
    post(
      C,
      object(C, {}, 'x', {
        uid: 'abc',
        generation: 9,
        creationTimestamp: '2020-01-01T00:00:00Z',
        deletionTimestamp: '2020-01-01T00:00:00Z',
      }),
    ),
  ),
  scenario(
    'duplicate fields',
    post(C, '{"metadata":{"name":"x"},"data":{"a":"1","a":"2"}}', 'fieldValidation=Strict'),
    post(C, '{"metadata":{"name":"x"},"data":{"a":"1","a":"2"}}'),
  ),
  scenario(
    'dry run of nonsense',
    post(C, object(C), 'dryRun=Some'),
    merge(C, {}, 'dryRun=Some'),
    made(C),
    del(C, 'dryRun=Some'),
    del(C, 'propagationPolicy=Some'),
  ),
  scenario(
    'immutable config',
    post(C, object(C, { data: { a: '1' }, immutable: true })),
    merge(C, { data: { a: '2' } }),
    merge(C, { immutable: false }),
    merge(C, { metadata: { labels: { a: 'b' } } }),
    del(C),
  ),
  scenario(
    'Secret type',
    made('Secret'),
    merge('Secret', { type: 'example.com/x' }),
    merge('Secret', { stringData: { a: 'new' } }),
    merge('Secret', { data: { a: null } }),
  ),
  scenario(
    'selector is immutable',
    made(D),
    merge(D, { spec: { selector: { matchLabels: { app: 'y' } }, template: { metadata: { labels: { app: 'y' } } } } }),
    merge(D, { spec: { template: { metadata: { labels: { app: 'y' } } } } }),
  ),
  scenario(
    'StatefulSet immutables',
    made('StatefulSet'),
    merge('StatefulSet', { spec: { serviceName: 'y' } }),
    merge('StatefulSet', { spec: { replicas: 3, minReadySeconds: 5 } }),
    merge('StatefulSet', { spec: { podManagementPolicy: 'Parallel' } }),
  ),
  scenario(
    'claim immutables',
    made('PersistentVolumeClaim'),
    merge('PersistentVolumeClaim', { spec: { accessModes: ['ReadWriteMany'] } }),
    merge('PersistentVolumeClaim', { spec: { storageClassName: 'other' } }),
  ),
  scenario(
    'Service address is immutable',
    made('Service'),
    merge('Service', { spec: { clusterIP: '10.96.200.200' } }),
    merge('Service', { spec: { type: 'ExternalName', externalName: 'a.example' } }),
    get('Service'),
  ),
  scenario(
    'Service kinds',
    post('Service', object('Service', { spec: { clusterIP: 'None', selector: { app: 'x' } } })),
    del('Service'),
    post('Service', object('Service', { spec: { type: 'ExternalName', externalName: 'a.example' } })),
    merge('Service', { spec: { sessionAffinity: 'ClientIP' } }),
  ),
  scenario('role references are immutable', made('RoleBinding'), merge('RoleBinding', { roleRef: { name: 'y' } })),
  scenario(
    'budgets',
    post('PodDisruptionBudget', object('PodDisruptionBudget', { spec: { minAvailable: 1, maxUnavailable: 1 } })),
    made('PodDisruptionBudget'),
    merge('PodDisruptionBudget', { spec: { minAvailable: '50%' } }),
    merge('PodDisruptionBudget', { spec: { minAvailable: null, maxUnavailable: 1 } }),
    merge('PodDisruptionBudget', { spec: { minAvailable: '150%' } }),
  ),
  scenario(
    'autoscalers',
    post(
      'HorizontalPodAutoscaler',
      object('HorizontalPodAutoscaler', {
        spec: { scaleTargetRef: { kind: 'Deployment', name: 'x', apiVersion: 'apps/v1' }, maxReplicas: 2 },
      }),
    ),
    merge('HorizontalPodAutoscaler', { spec: { minReplicas: 5 } }),
    merge('HorizontalPodAutoscaler', { spec: { behavior: { scaleDown: { stabilizationWindowSeconds: 60 } } } }),
    merge('HorizontalPodAutoscaler', { spec: { maxReplicas: 0 } }),
  ),
  scenario(
    'policies',
    post('NetworkPolicy', object('NetworkPolicy', { spec: { podSelector: {}, egress: [{}] } })),
    merge('NetworkPolicy', { spec: { policyTypes: ['Egress'] } }),
    get('NetworkPolicy'),
  ),
  scenario(
    'Job labels',
    post(
      'Job',
      object('Job', jobSpec({ template: { metadata: { labels: { l: '1' } }, spec: podSpec({ restartPolicy: 'Never' }) } })),
    ),
    del('Job', 'propagationPolicy=Background'),
    post('Job', object('Job', jobSpec(), 'x', { labels: { own: '1' } })),
    get('Job'),
  ),
  scenario(
    'Lease taken over',
    made('Lease'),
    putBack('Lease', -1, set('b', 'spec', 'holderIdentity')),
    putBack('Lease', 0, set('c', 'spec', 'holderIdentity')),
    merge('Lease', { spec: { leaseTransitions: 1 } }),
  ),
  scenario('access review', {
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    body: { spec: { nope: 1 } },
  }),
];

const reject = (name: string, ...bodies: Obj[]): Scenario =>
  scenario(`refused: ${name}`, ...bodies.map((body) => post(D, object(D, body))));

const refusals: Scenario[] = [
  reject(
    'no selector',
    { spec: { template: { metadata: { labels: { app: 'x' } }, spec: podSpec() } } },
    workload({ selector: {} }),
    workload({ selector: { matchLabels: { app: 'y' } } }),
  ),
  reject(
    'containers',
    workload({}, { containers: [] }),
    workload({}, { containers: [container(), container()] }),
    workload({}, {}, { image: '' }),
    workload({}, {}, { name: '' }),
    workload({}, {}, { name: 'A' }),
    workload({}, { initContainers: [container()] }),
  ),
  reject(
    'ports',
    workload({}, {}, { ports: [{ containerPort: 0 }] }),
    workload({}, {}, { ports: [{ containerPort: 70000, name: 'AA' }] }),
    workload({}, {}, { ports: [{ containerPort: 80, name: 'a-very-long-port-name' }] }),
    workload({}, {}, { ports: [{ containerPort: 80 }, { containerPort: 80 }] }),
    workload({}, {}, { ports: [{ containerPort: 80, protocol: 'X' }] }),
    workload(
      {},
      {},
      {
        ports: [
          { containerPort: 80, name: 'a' },
          { containerPort: 81, name: 'a' },
        ],
      },
    ),
  ),
  reject(
    'environment',
    workload({}, {}, { env: [{ name: '' }] }),
    workload({}, {}, { env: [{ name: 'A', value: '1', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] }),
  ),
  reject(
    'mounts',
    workload({}, {}, { volumeMounts: [{ name: 'v', mountPath: '/v' }] }),
    workload({}, { volumes: [{ name: 'v' }] }, { volumeMounts: [{ name: 'v', mountPath: '' }] }),
    workload(
      {},
      { volumes: [{ name: 'v', emptyDir: {} }] },
      {
        volumeMounts: [
          { name: 'v', mountPath: '/v' },
          { name: 'v', mountPath: '/v' },
        ],
      },
    ),
  ),
  reject(
    'volumes',
    workload(
      {},
      {
        volumes: [
          { name: 'v', emptyDir: {} },
          { name: 'v', emptyDir: {} },
        ],
      },
    ),
    workload({}, { volumes: [{ name: 'v', configMap: {} }] }),
    workload({}, { volumes: [{ name: 'v', secret: {} }] }),
    workload({}, { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: '' } }] }),
    workload({}, { volumes: [{ name: 'V' }] }),
  ),
  reject(
    'resources',
    workload({}, {}, { resources: { limits: { cpu: '1' }, requests: { cpu: '2' } } }),
    workload({}, {}, { resources: { limits: { foo: '1' } } }),
    workload({}, {}, { resources: { limits: { 'nvidia.com/gpu': '1500m' } } }),
    workload({}, {}, { resources: { limits: { cpu: '-1' } } }),
    workload({}, {}, { resources: { requests: { 'nvidia.com/gpu': '1' } } }),
  ),
  reject(
    'probes',
    workload({}, {}, { livenessProbe: {} }),
    workload({}, {}, { livenessProbe: { httpGet: { port: 80 }, tcpSocket: { port: 80 } } }),
    workload({}, {}, { livenessProbe: { httpGet: { port: 0 } } }),
    workload({}, {}, { livenessProbe: { httpGet: { port: 80 }, successThreshold: 2, periodSeconds: -1 } }),
    workload({}, {}, { readinessProbe: { exec: {} } }),
  ),
  reject(
    'policies',
    workload({}, { restartPolicy: 'Never' }),
    workload({}, { restartPolicy: 'Foo' }),
    workload({}, { dnsPolicy: 'x' }),
    workload({}, {}, { imagePullPolicy: 'Foo' }),
    workload({}, {}, { terminationMessagePolicy: 'x' }),
  ),
  reject(
    'scheduling',
    workload({}, { tolerations: [{ key: 'a', operator: 'x' }] }),
    workload({}, { nodeSelector: { 'a b': 'x' } }),
    workload({}, { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{}] } } }),
    workload({}, { topologySpreadConstraints: [{ maxSkew: 0 }] }),
  ),
  reject(
    'numbers',
    workload({ replicas: -1 }),
    workload({ minReadySeconds: 700 }),
    workload({ progressDeadlineSeconds: 0 }),
    workload({ revisionHistoryLimit: -1 }),
    workload({ minReadySeconds: -1 }),
    workload({}, { securityContext: { runAsUser: -1 } }),
  ),
  reject(
    'strategies',
    workload({ strategy: { type: 'Recreate', rollingUpdate: { maxSurge: 1 } } }),
    workload({ strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } }),
    workload({ strategy: { type: 'Foo' } }),
    workload({ strategy: { rollingUpdate: { maxSurge: 'abc' } } }),
  ),
  reject(
    'types',
    workload({ replicas: '2' }),
    workload({ replicas: 1.5 }),
    workload({ paused: 'x' }),
    workload({}, {}, { args: 'x' }),
    workload({}, {}, { env: { A: 'b' } }),
    workload({ template: 'x' }),
    workload({}, {}, { resources: { limits: { cpu: 'x' } } }),
    workload({}, {}, { env: [{ name: 1 }] }),
    workload({}, { nodeSelector: { a: 1 } }),
  ),
  scenario(
    'refused: Services',
    ...[
      {},
      { ports: [{ port: 0 }] },
      { ports: [{ port: 80 }, { port: 81 }] },
      {
        ports: [
          { port: 80, name: 'a' },
          { port: 80, name: 'b' },
        ],
      },
      { type: 'Foo', ports: [{ port: 1 }] },
      { type: 'ExternalName' },
      { ports: [{ port: 80, protocol: 'X' }] },
      { ports: [{ port: 80, targetPort: '-x' }] },
    ].map((spec) => post('Service', object('Service', { spec: isObj(spec) ? spec : {} }))),
  ),
  scenario(
    'refused: Jobs',
    ...[
      {},
      { template: { spec: podSpec() } },
      { backoffLimit: -1, template: { spec: podSpec({ restartPolicy: 'Never' }) } },
      { completionMode: 'X', template: { spec: podSpec({ restartPolicy: 'Never' }) } },
      { podFailurePolicy: { rules: [{ action: 'FailJob' }] }, template: { spec: podSpec({ restartPolicy: 'Never' }) } },
      {
        podFailurePolicy: { rules: [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [10] } }] },
        template: { spec: podSpec({ restartPolicy: 'OnFailure' }) },
      },
    ].map((spec) => post('Job', object('Job', { spec: isObj(spec) ? spec : {} }))),
  ),
  scenario(
    'refused: config keys',
    post(C, object(C, { data: { 'a b': '1' } })),
    post(C, object(C, { data: { a: '1' }, binaryData: { a: 'Yg==' } })),
    post('Secret', object('Secret', { data: { a: 'not base64!' } })),
  ),
];

/** A watch of config maps from the version that the first answer had, for a second. */
const watchFrom =
  (selector: string): StepOf =>
  (seen) => ({
    method: 'GET',
    path: `${URLS.ConfigMap}?watch=1&timeoutSeconds=1&resourceVersion=${metaOf(seen, 0, 'resourceVersion')}${selector}`,
  });

const listed = { method: 'GET', path: URLS.ConfigMap } as const;

const watches: Scenario[] = [
  scenario(
    'watch: everything since a list',
    listed,
    made(C),
    merge(C, { data: { a: '2' } }),
    merge(C, { data: { a: '2' } }),
    del(C),
    made(C),
    watchFrom(''),
  ),
  scenario(
    'watch: objects that begin and cease to match',
    listed,
    made(C),
    merge(C, { metadata: { labels: { a: 'b' } } }),
    merge(C, { data: { a: '2' } }),
    merge(C, { metadata: { labels: { a: 'c' } } }),
    merge(C, { metadata: { labels: { a: 'b' } } }),
    del(C),
    watchFrom('&labelSelector=a%3Db'),
  ),
  scenario(
    'watch: a deletion that is held up',
    listed,
    post(C, object(C, {}, 'x', { finalizers: ['a.b/c'] })),
    del(C),
    json(C, [{ op: 'remove', path: '/metadata/finalizers' }]),
    watchFrom('&fieldSelector=metadata.name%3Dx'),
  ),
  scenario('watch: from now on', made(C), { method: 'GET', path: `${URLS.ConfigMap}?watch=1&timeoutSeconds=1` }),
];

/** Sequences written down by hand. */
export const RECORDED: readonly Scenario[] = [...perKind, ...apply, ...writes, ...refusals, ...watches];
