/** What must not compile, with the part of the compiler's message that tells the user why. Each snippet stands in a file of its own. */
export const WRONG_CODE: Readonly<Record<string, readonly [code: string, message: RegExp]>> = {
  'replicas with autoscaling': [
    `server({ replicas: 3, autoscaling: { min: 1, max: 3, cpu: 70 } });`,
    /"replicas or autoscaling: an autoscaler owns the count"/,
  ],
  'an autoscaler by CPU and by a metric': [
    `server({ autoscaling: { min: 1, max: 3, cpu: 70, metric: { name: 'x', target: 1 } } });`,
    /"an autoscaler goes by cpu or by a metric"/,
  ],
  'the tag latest': [
    `Model.baked({ image: 'a/b', version: 'latest', path: '/m' });`,
    /"latest"' is not assignable to type 'PinnedTag'/,
  ],
  'the empty tag': [`Model.baked({ image: 'a/b', version: '', path: '/m' });`, /""' is not assignable to type 'PinnedTag'/],
  'an image without a tag': [
    `new FeatureProxy(stack, 'f', { image: 'a/b', upstream: 'http://x', resources });`,
    /"a\/b"' is not assignable to type 'Text<"an image with a version/,
  ],
  'an image with the tag latest': [
    `new FeatureProxy(stack, 'f', { image: 'a/b:latest', upstream: 'http://x', resources });`,
    /"a\/b:latest"' is not assignable to type 'Text<"an image with a version/,
  ],
  'a GPU without a count': [`server({ gpu: { product: 'H100' } });`, /count/],
  'an ingress without a host': [`server({ ingress: { tlsSecretName: 'tls' } });`, /host/],
  'an ingress path without a slash': [`server({ ingress: { host: 'a.b', path: 'x' } });`, /`\/\$\{string\}`/],
  'an unknown prop': [`server({ replcas: 3 });`, /replcas/],
  'no resources': [`new ModelServer(stack, 's', { model });`, /resources/],
  'memory without a unit': [
    `server({ resources: { requests: { cpu: '1', memory: '4' }, limits: { memory: '8Gi' } } });`,
    /bytes with a unit/,
  ],
  'CPU as a number': [
    `server({ resources: { requests: { cpu: 1, memory: '4Gi' }, limits: { memory: '8Gi' } } });`,
    /number' is not assignable/,
  ],
  'a baked model with another image': [`server({ image: 'other:v1' });`, /"a baked model names its image itself"/],
  'a model on a claim without an image': [
    `new ModelServer(stack, 's', { model: Model.claim({ claim: 'c', wholeVolume: true, path: '/m', version: 'v1' }), resources });`,
    /Property 'image' is missing/,
  ],
  'a password as text': [`new RedisCache(stack, 'r', { auth: 'secret123' });`, /SecretRef/],
  'a time without a unit': [`server({ startupTimeout: '300' });`, /a duration such as '90s'/],
  'an unknown spreading': [`server({ placement: { spread: 'hard' } });`, /"hard"/],
  'thresholds as text': [
    `new ValidationHook(stack, 'g', { validates: server({}), image: 'v:1', dataset: { uri: '/d' }, thresholds: { auc: { min: '0.92' } } });`,
    /string' is not assignable to type 'number'/,
  ],
  'a gate without what it validates': [
    `new ValidationHook(stack, 'g', { image: 'v:1', dataset: { uri: '/d' }, thresholds: {} });`,
    /validates/,
  ],
  'a cache time without a cache': [
    `new FeatureProxy(stack, 'f', { image: 'a/b:v1', upstream: 'http://x', resources, cacheTtl: '5s' });`,
    /"a time to live needs a cache"/,
  ],
  'labels of annotations': [
    `new MetricsExporter(stack, 'm', { targets: [], mode: 'annotations', interval: '30s' });`,
    /interval|mode/,
  ],
  'a helper that is not defined (D1)': [`server({ labels: fraudModelChartLabel });`, /Cannot find name 'fraudModelChartLabel'/],
  'a misspelt field in an environment': [
    `const prod: Environment = { ...env, stacks: { ...env.stacks, 'my-model': { namespcae: 'x' } } };`,
    /namespcae/,
  ],
  'a wrong type in an environment': [
    `const prod: Environment = { ...env, stacks: { ...env.stacks, 'my-model': { server: { scaling: { replicas: '3' } } } } };`,
    /string' is not assignable to type 'number'/,
  ],
  'an environment of no tier': [`const prod: Environment = { ...env, tier: 'production' };`, /"production"/],
  'an environment without one of the stacks': [
    `const prod: Environment = { name: 'x', tier: 'dev', stacks: { 'my-model': {} } };`,
    /fraud-model/,
  ],
  'prod with Redis and no password (D14)': [
    `const prod: Environment = { ...env, tier: 'prod', stacks: { ...env.stacks, 'fraud-model': { redis: { host: 'r' } } } };`,
    /auth/,
  ],
  'prod that says nothing of Redis': [
    `const prod: Environment = { ...env, tier: 'prod', stacks: { ...env.stacks, 'fraud-model': {} } };`,
    /fraud-model/,
  ],
  'prod without a gate': [
    `const prod: Environment = { ...env, tier: 'prod', stacks: { ...env.stacks, 'fraud-model': { redis: 'off', gate: { off: 'we are in a hurry' } } } };`,
    /"prod keeps its gate, so that no worse model gets there"/,
  ],
  'a misspelt field of a sidecar': [
    `server({ sidecars: [{ name: 'logs', image: 'a/b:v1', resources, readinesProbe: {} }] });`,
    /readinesProbe/,
  ],
  'a misspelt source of a volume': [`server({ volumes: [{ name: 'v', source: { emptydir: {} } }] });`, /emptydir/],
  'a misspelt field of a patch': [
    `server({}).patch('Deployment', { spec: { template: { spec: { hostNetwrk: true } } } });`,
    /hostNetwrk/,
  ],
  'a branch as the revision of a model': [
    `Model.huggingFace({ repo: 'a/b', revision: 'main', size: '1Gi' });`,
    /a commit of 40 hexadecimal digits/,
  ],
  'a signal that no runtime has': [
    `server({ autoscaling: { min: 1, max: 2, on: 'waitng', target: 5, by: { adapter: true } } });`,
    /waitng/,
  ],
  'a model on a claim without saying which part': [
    `Model.claim({ claim: 'c', path: '/m', version: 'v1' });`,
    /subPath|wholeVolume/,
  ],
  'latest in an environment (D15)': [
    `const dev: Environment = { ...env, stacks: { ...env.stacks, 'my-model': { version: 'latest' } } };`,
    /"latest"' is not assignable to type 'PinnedTag/,
  ],
};

/** What must compile: the right forms of the same. */
export const RIGHT_CODE: Readonly<Record<string, string>> = {
  'a count': `server({ replicas: 3 });`,
  'an autoscaler by CPU': `server({ autoscaling: { min: 1, max: 3, cpu: 70 } });`,
  'an autoscaler by a metric': `server({ autoscaling: { min: 1, max: 3, metric: { name: 'x', target: 1 } } });`,
  'a digest': `new FeatureProxy(stack, 'f', { image: 'a/b@sha256:0123', upstream: 'http://x', resources });`,
  'a GPU': `server({ gpu: { count: 1 } });`,
  'a claim with an image': `new ModelServer(stack, 's', { image: 'a/b:v1', model: Model.claim({ claim: 'c', wholeVolume: true, path: '/m', version: 'v1' }), resources });`,
  'a password by reference': `new RedisCache(stack, 'r', { auth: { secret: 'redis' } });`,
  'a cdk8s Duration': `server({ startupTimeout: Duration.minutes(5) });`,
  'prod with a password': `const prod: Environment = { ...env, tier: 'prod', stacks: { ...env.stacks, 'fraud-model': { redis: { host: 'r', auth: { secret: 's' } } }, 'ml-serving-stack': { redis: 'off' } } };`,
  'a patch as fields': `server({}).patch('Deployment', { spec: { template: { spec: { hostAliases: [{ ip: '10.0.0.1', hostnames: ['x'] }] } } } });`,
  'a commit as the revision of a model': `Model.huggingFace({ repo: 'a/b', revision: '9216db5781bf21249d130ec9da846c4624c16137', size: '1Gi' });`,
  'a stack that is left out': `const dev: Environment = { ...env, stacks: { ...env.stacks, 'my-model': 'off' } };`,
};
