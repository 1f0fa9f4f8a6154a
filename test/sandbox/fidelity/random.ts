import { objAt } from '../../../lib/api-schema/json';
import type { Obj, Value } from '../../../lib/kube/fields';
import { type FidelityKind, object, SAMPLES, URLS } from './objects';
import type { Scenario, StepOf } from './play';
import { del, get, json, merge, metaOf, post, putBack, set, ssa, strategic } from './steps';

/** A generator of numbers that is the same for the same seed. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

class Dice {
  private readonly next: () => number;

  constructor(seed: number) {
    this.next = numbers(seed);
  }

  below(n: number): number {
    return Math.floor(this.next() * n);
  }

  one<T>(list: readonly [T, ...T[]]): T {
    return list[this.below(list.length)] ?? list[0];
  }

  often(share: number): boolean {
    return this.next() < share;
  }

  /** Some of the fields, each made anew. */
  some(fields: Readonly<Record<string, () => Value>>, share = 0.5): Obj {
    const result: Obj = {};
    for (const [name, make] of Object.entries(fields)) if (this.often(share)) result[name] = make();
    return result;
  }

  /** Some items of a list, in random order. */
  items(names: readonly string[], make: (name: string) => Value): Value[] {
    const chosen = names.filter(() => this.often(0.5));
    return chosen
      .map((name) => ({ name, order: this.next() }))
      .sort((a, b) => a.order - b.order)
      .map(({ name }) => make(name));
  }
}

const KINDS: readonly [FidelityKind, ...FidelityKind[]] = [
  'Deployment',
  'Deployment',
  'Deployment',
  'ConfigMap',
  'Service',
  'Job',
  'PodDisruptionBudget',
  'HorizontalPodAutoscaler',
  'StatefulSet',
  'Secret',
  'NetworkPolicy',
];
const MANAGERS: readonly [string, ...string[]] = ['a', 'b', 'c'];

const word = (dice: Dice) => dice.one(['1', '2', '3']);
const small = (dice: Dice) => dice.below(4);
const text = (dice: Dice) => (): Value => word(dice);

function metadata(dice: Dice): Obj {
  const words = () => dice.some({ l1: text(dice), l2: text(dice), 'example.com/l3': text(dice) });
  return {
    name: 'x',
    ...dice.some({ labels: words, annotations: words, finalizers: () => dice.items(['a.b/c', 'a.b/d'], (name) => name) }, 0.25),
  };
}

function probe(dice: Dice): Obj {
  const handler = dice.one<Obj>([
    { httpGet: { port: 80 } },
    { httpGet: { port: 'http', path: '/x' } },
    { tcpSocket: { port: 80 } },
    { exec: { command: ['a'] } },
  ]);
  return {
    ...handler,
    ...dice.some(
      { periodSeconds: () => 1 + small(dice), failureThreshold: () => small(dice), initialDelaySeconds: () => small(dice) },
      0.3,
    ),
  };
}

function container(dice: Dice, name: string): Obj {
  return {
    name,
    image: `web:${word(dice)}`,
    ...dice.some(
      {
        env: () =>
          dice.items(['A', 'B', 'C', 'D'], (variable) =>
            dice.often(0.2)
              ? { name: variable, valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }
              : { name: variable, value: word(dice) },
          ),
        ports: () =>
          dice.items(['80', '81', '82'], (port) => ({
            containerPort: Number(port),
            ...dice.some({ name: () => `p${port}`, protocol: () => dice.one(['TCP', 'UDP']) }, 0.3),
          })),
        args: () => dice.items(['x', 'y', 'z'], (arg) => arg),
        resources: () =>
          dice.some({
            limits: () => dice.some({ cpu: () => dice.one(['1', '1000m', '2']), memory: () => dice.one(['1Gi', '1024Mi']) }),
            requests: () => dice.some({ cpu: () => dice.one(['0.5', '500m']) }),
          }),
        livenessProbe: () => probe(dice),
        readinessProbe: () => probe(dice),
        imagePullPolicy: () => dice.one(['Always', 'IfNotPresent']),
        securityContext: () =>
          dice.some({
            runAsNonRoot: () => dice.often(0.5),
            allowPrivilegeEscalation: () => false,
            capabilities: () => ({ drop: ['ALL'] }),
          }),
      },
      0.3,
    ),
  };
}

function pod(dice: Dice, more: Obj = {}): Obj {
  const names = dice.often(0.3) ? ['c', 'd'] : ['c'];
  return {
    containers: names.map((name) => container(dice, name)),
    ...more,
    ...dice.some(
      {
        nodeSelector: () => dice.some({ n1: text(dice), n2: text(dice) }),
        tolerations: () => dice.items(['t1', 't2'], (key) => ({ key, operator: 'Exists' })),
        volumes: () =>
          dice.items(['v1', 'v2'], (name) =>
            dice.one<Obj>([
              { name, emptyDir: {} },
              { name, configMap: { name: 'c' } },
              { name, secret: { secretName: 's' } },
            ]),
          ),
        terminationGracePeriodSeconds: () => small(dice),
        hostNetwork: () => false,
        serviceAccountName: () => word(dice),
        securityContext: () => dice.some({ runAsUser: () => small(dice), fsGroup: () => small(dice) }),
      },
      0.2,
    ),
  };
}

const labels = { app: 'x' };

/** A configuration of a kind with some of its fields; now and then it lacks one that it needs. */
function config(kind: FidelityKind, dice: Dice): Obj {
  const base: Obj = { metadata: metadata(dice) };
  const complete = dice.often(0.9);
  const workload = (extra: Obj, template: Obj = {}): Obj => ({
    ...base,
    spec: {
      ...(complete ? { selector: { matchLabels: labels } } : {}),
      template: { metadata: { labels }, spec: pod(dice, template) },
      ...extra,
    },
  });
  switch (kind) {
    case 'Deployment':
      return workload(
        dice.some(
          {
            replicas: () => small(dice),
            minReadySeconds: () => small(dice),
            paused: () => dice.often(0.5),
            revisionHistoryLimit: () => small(dice),
            strategy: () =>
              dice.one<Obj>([
                { type: 'Recreate' },
                { type: 'RollingUpdate' },
                { rollingUpdate: { maxSurge: small(dice) } },
                { rollingUpdate: { maxUnavailable: '10%' } },
              ]),
          },
          0.3,
        ),
      );
    case 'StatefulSet':
      return workload({
        serviceName: 'x',
        ...dice.some(
          {
            replicas: () => small(dice),
            podManagementPolicy: () => dice.one(['Parallel', 'OrderedReady']),
            updateStrategy: () => dice.one<Obj>([{ type: 'OnDelete' }, { rollingUpdate: { partition: small(dice) } }]),
          },
          0.3,
        ),
      });
    case 'Job':
      return {
        ...base,
        spec: {
          template: { spec: pod(dice, { restartPolicy: complete ? 'Never' : 'Always' }) },
          ...dice.some(
            {
              backoffLimit: () => small(dice),
              parallelism: () => small(dice),
              completions: () => small(dice),
              suspend: () => dice.often(0.5),
              ttlSecondsAfterFinished: () => small(dice),
              activeDeadlineSeconds: () => 1 + small(dice),
            },
            0.3,
          ),
        },
      };
    case 'Service':
      return {
        ...base,
        spec: {
          ...dice.some(
            {
              selector: () => dice.some({ app: text(dice), b: text(dice) }),
              publishNotReadyAddresses: () => dice.often(0.5),
              sessionAffinity: () => dice.one(['None', 'ClientIP']),
            },
            0.4,
          ),
          ports: dice.items(['80', '81', '82'], (port) => ({
            port: Number(port),
            name: `p${port}`,
            ...dice.some({ targetPort: () => dice.one<Value>([8080, 'http']), protocol: () => dice.one(['TCP', 'UDP']) }, 0.3),
          })),
        },
      };
    case 'PodDisruptionBudget':
      return {
        ...base,
        spec: {
          selector: { matchLabels: dice.some({ app: text(dice), b: text(dice) }) },
          ...(dice.often(0.5) ? { minAvailable: dice.one<Value>([1, '50%']) } : { maxUnavailable: dice.one<Value>([1, '50%']) }),
        },
      };
    case 'HorizontalPodAutoscaler':
      return {
        ...base,
        spec: {
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: word(dice) },
          maxReplicas: 1 + small(dice),
          ...dice.some(
            {
              minReplicas: () => 1 + small(dice),
              behavior: () => ({ scaleDown: dice.some({ stabilizationWindowSeconds: () => small(dice) }) }),
              metrics: () => [
                {
                  type: 'Resource',
                  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 + small(dice) } },
                },
              ],
            },
            0.3,
          ),
        },
      };
    case 'NetworkPolicy':
      return {
        ...base,
        spec: {
          podSelector: { matchLabels: { app: word(dice) } },
          ...dice.some({
            ingress: () => ['80', dice.one(['81', '82'])].map((port) => ({ ports: [{ port: Number(port) }] })),
            egress: () => [{}],
            policyTypes: () => ['Ingress'],
          }),
        },
      };
    case 'Secret':
      return {
        ...base,
        ...dice.some({
          stringData: () => dice.some({ a: text(dice), b: text(dice) }),
          data: () => dice.some({ c: () => 'Yg==', d: () => 'YQ==' }),
        }),
      };
    default:
      return {
        ...base,
        ...dice.some(
          {
            data: () => dice.some({ a: text(dice), b: text(dice), c: text(dice) }),
            binaryData: () => dice.some({ d: () => 'Yg==' }),
          },
          0.8,
        ),
      };
  }
}

function step(kind: FidelityKind, dice: Dice): StepOf {
  const manager = dice.one(MANAGERS);
  const query = dice.one(['', '', '', 'dryRun=All', 'fieldValidation=Strict']);
  const update = [`fieldManager=${manager}`, query].filter((part) => part !== '').join('&');
  const made = config(kind, dice);
  const drawn = word(dice);
  switch (dice.below(16)) {
    case 0:
      return get(kind);
    case 1:
      return merge(kind, made, update);
    case 2:
      return merge(kind, { metadata: { labels: { l1: dice.often(0.3) ? null : word(dice) } } }, update);
    case 3:
      return strategic(kind, made, update);
    case 4:
      return json(
        kind,
        dice.one<Value>([
          [{ op: 'add', path: '/metadata/labels', value: { l1: word(dice) } }],
          [{ op: 'remove', path: '/metadata/labels' }],
          [{ op: 'remove', path: '/metadata/finalizers' }],
        ]),
        update,
      );
    case 5:
      return putBack(
        kind,
        -1,
        (read) => (read.kind === kind ? set(drawn, 'metadata', 'annotations', 'put')(read) : object(kind, SAMPLES[kind])),
        update,
      );
    case 6:
      return putBack(
        kind,
        -2,
        (read) => (read.kind === kind ? { ...read, ...made, metadata: { ...objAt(made, 'metadata') } } : object(kind, made)),
        update,
      );
    case 7:
      return dice.often(0.4)
        ? del(kind, dice.one(['', 'propagationPolicy=Background', 'propagationPolicy=Foreground', 'dryRun=All']))
        : get(kind);
    case 8:
      return post(kind, { ...object(kind), ...made }, update);
    case 9:
      return (seen) => {
        const version = metaOf(seen, -1, 'resourceVersion');
        return ssa(
          kind,
          { ...made, metadata: { name: 'x', ...(version === '' ? {} : { resourceVersion: version }) } },
          manager,
          query,
        );
      };
    case 10:
      return kind === 'Deployment' || kind === 'StatefulSet'
        ? { ...merge(kind, { spec: { replicas: 5 + dice.below(50) } }), path: `${URLS[kind]}/x/scale?fieldManager=${manager}` }
        : get(kind);
    default:
      return ssa(kind, made, manager, [query, dice.often(0.35) ? 'force=true' : ''].filter((part) => part !== '').join('&'));
  }
}

/** A sequence of random requests to one object; the same seed makes the same sequence. */
export function randomScenario(seed: number): Scenario {
  const dice = new Dice(seed);
  const kind = dice.one(KINDS);
  const steps: StepOf[] = [
    dice.often(0.5) ? ssa(kind, config(kind, dice), 'a') : post(kind, { ...object(kind), ...config(kind, dice) }),
  ];
  for (let i = 0; i < 8; i++) steps.push(step(kind, dice));
  return { name: `random ${seed} ${kind}`, steps };
}
