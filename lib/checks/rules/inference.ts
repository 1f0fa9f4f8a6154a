import { misspelled } from '../../errors/misspelled';
import { nearestName } from '../../errors/nearest';
import { at, type Fields, fieldsAt, numberAt, textAt } from '../../kube/fields';
import type { KubeObject } from '../../kube/object';
import { rayClusterOf } from '../../kube/pod-spec';
import { type Inventory, itemsAt, namespaceOf } from '../inventory/inventory';
import { type Found, type Rule, rule } from '../model/rule';

/** Model-serving kinds of operators that name, count or address something that there is not. */
export const inferenceInvalid: Rule = rule(
  'INFERENCE_INVALID',
  'error',
  'Correct the name, the number or the address.',
  (all) => [
    ...all.ofKind('InferenceService').flatMap((object) => ofKserve(all, object)),
    ...all.ofKind('InferencePool').flatMap((object) => ofPool(all, object)),
    ...['HTTPRoute', 'GRPCRoute'].flatMap((kind) => all.ofKind(kind)).flatMap(ofRoute),
    ...['RayService', 'RayCluster', 'RayJob'].flatMap((kind) => all.ofKind(kind)).flatMap(ofRay),
  ],
);

/** Schemes that KServe's storage initializer reads. */
const STORAGE = /^(?:gs|s3|pvc|file|https?|hdfs|webhdfs|oci|hf|git|mount|modelscope):\/\//;

function ofKserve(all: Inventory, object: KubeObject): readonly Found[] {
  return ['predictor', 'transformer', 'explainer'].flatMap((component) => {
    const fields = fieldsAt(object, 'spec', component);
    const path = `spec.${component}`;
    const uris = Object.entries(fields).flatMap(([key, part]) => {
      const uri = textAt(part, 'storageUri');
      return uri === undefined || STORAGE.test(uri) || uri.startsWith('/') || /[{$<]/.test(uri)
        ? []
        : [{ uri, path: `${path}.${key}.storageUri` }];
    });
    return [
      ...uris
        .filter(({ uri }) => uri.includes('//') || /^(?:gs|s3|pvc|hf|oci|https?):/.test(uri))
        .map(
          ({ uri, path: place }): Found => ({
            object,
            path: place,
            message: 'the address has no scheme that KServe reads',
            got: uri,
            expected: 's3://, gs://, hf://, pvc://, https:// or oci://',
          }),
        ),
      ...(fields.model !== undefined && at(fields, 'model', 'modelFormat', 'name') === undefined
        ? [
            {
              object,
              path: `${path}.model.modelFormat`,
              message: 'KServe picks the server by the format of the model',
              expected: 'a name such as sklearn',
            },
          ]
        : []),
      ...bounds(object, fields, `${path}.minReplicas`, 'minReplicas', 'maxReplicas'),
      ...named(all, object, `${path}.model.runtime`, textAt(fields, 'model', 'runtime'), [
        'ServingRuntime',
        'ClusterServingRuntime',
      ]),
      ...named(all, object, `${path}.serviceAccountName`, textAt(fields, 'serviceAccountName'), ['ServiceAccount']),
    ];
  });
}

/** A name that is almost one of the folder: others may be in the cluster. */
function named(
  all: Inventory,
  object: KubeObject,
  path: string,
  got: string | undefined,
  kinds: readonly string[],
): readonly Found[] {
  const there = kinds.flatMap((kind) => [...all.namesOf(kind, namespaceOf(object)), ...all.namesOf(kind, '')]);
  if (got === undefined || there.includes(got)) return [];
  const nearest = misspelled(got, there);
  return nearest === undefined ? [] : [{ object, path, message: `there is no such ${kinds[0]}`, got, nearest }];
}

function bounds(object: KubeObject, fields: Fields, path: string, least: string, most: string): readonly Found[] {
  const [min, max] = [numberAt(fields, least), numberAt(fields, most)];
  // For KServe, 0 is no maximum.
  if (min === undefined || max === undefined || max === 0 || min <= max) return [];
  return [{ object, path, message: 'the minimum is above the maximum', got: min, expected: `at most ${max}` }];
}

function ofPool(all: Inventory, object: KubeObject): readonly Found[] {
  const selector = at(object, 'spec', 'selector');
  const plain = at(selector, 'matchLabels') === undefined ? { matchLabels: selector } : selector;
  const namespace = namespaceOf(object);
  const servers = all.selected(namespace, plain);
  const ports = servers.flatMap(({ containers }) =>
    containers.flatMap(({ fields }) => itemsAt(fields, 'ports').map((one) => one.containerPort)),
  );
  const wanted = [
    numberAt(object, 'spec', 'targetPortNumber'),
    ...itemsAt(object, 'spec', 'targetPorts').map((one) => numberAt(one, 'number')),
  ];
  const [field, reference] = ['endpointPickerRef', 'extensionRef']
    .map((name) => [name, fieldsAt(object, 'spec', name)] as const)
    .find(([, one]) => one.name !== undefined) ?? ['', {}];
  const picker = String(reference.name ?? '');
  const services = all.namesOf('Service', namespace);
  return [
    ...(servers.length === 0 && all.workloadsIn(namespace).length > 0 && !all.hasCustom(namespace)
      ? [{ object, path: 'spec.selector', message: 'the selector finds no pods', got: at(plain, 'matchLabels') }]
      : []),
    ...wanted.flatMap((port): readonly Found[] =>
      port === undefined || ports.length === 0 || ports.includes(port)
        ? []
        : [{ object, path: 'spec.targetPorts', message: 'its pods have no such port', got: port, expected: ports.join(', ') }],
    ),
    ...(picker === '' || services.length === 0 || services.includes(picker)
      ? []
      : [
          {
            object,
            path: `spec.${field}.name`,
            message: 'there is no such Service',
            got: picker,
            nearest: nearestName(picker, services),
            severity: 'warning' as const,
          },
        ]),
  ];
}

/** Several pools behind one rule. @see https://github.com/istio/istio/issues/61594 */
function ofRoute(object: KubeObject): readonly Found[] {
  return itemsAt(object, 'spec', 'rules').flatMap((one, index): readonly Found[] => {
    const pools = itemsAt(one, 'backendRefs').filter(({ kind }) => kind === 'InferencePool');
    const [first, second] = pools.map(({ name }) => String(name));
    if (first === undefined || second === undefined) return [];
    const message =
      'two pools share a rule: some gateways ask the endpoint picker of one of them for all requests, or refuse the route';
    const expected = 'a rule for each pool, or one pool whose servers have both versions';
    return [
      { object, path: `spec.rules[${index}].backendRefs`, message, got: `${first}, ${second}`, expected, severity: 'warning' },
    ];
  });
}

function ofRay(object: KubeObject): readonly Found[] {
  const cluster = rayClusterOf(object);
  const version = textAt(cluster, 'rayVersion');
  const image = textAt(itemsAt(cluster, 'headGroupSpec', 'template', 'spec', 'containers')[0], 'image') ?? '';
  const tagged = /rayproject\/ray(?:-ml)?:(\d+\.\d+\.\d+)/.exec(image)?.[1];
  const differs = version !== undefined && tagged !== undefined && version !== tagged;
  const mismatch: readonly Found[] = differs
    ? [
        {
          object,
          path: 'rayVersion',
          message: 'the image has another version of Ray',
          got: version,
          expected: tagged,
          severity: 'warning',
        },
      ]
    : [];
  return [
    ...mismatch,
    ...itemsAt(cluster, 'workerGroupSpecs').flatMap((group): readonly Found[] => {
      const path = `workerGroupSpecs[groupName=${group.groupName}]`;
      const [replicas, max] = [numberAt(group, 'replicas'), numberAt(group, 'maxReplicas')];
      return [
        ...bounds(object, group, `${path}.minReplicas`, 'minReplicas', 'maxReplicas'),
        ...(replicas !== undefined && max !== undefined && replicas > max
          ? [
              {
                object,
                path: `${path}.replicas`,
                message: 'there are more workers than the maximum',
                got: replicas,
                expected: `at most ${max}`,
              },
            ]
          : []),
      ];
    }),
  ];
}
