import { editDistance } from '../../errors/nearest';
import { at, fieldsAt, listAt, textAt } from '../../kube/fields';
import { type Container, itemsAt, type Workload } from '../inventory/inventory';
import { flagValue, hubModelOf, type KnownServer, serverOf, wordsOf } from '../inventory/servers';
import { PROBES } from '../inventory/timing';
import { type Found, type Rule, rule } from '../model/rule';

/** A model server that is asked, or started, in a way it does not understand. */
export const serverMismatch: Rule = rule(
  'SERVER_MISMATCH',
  'error',
  'Ask the route and the port that the server has, and start it with flags that it knows.',
  ({ workloads }) =>
    workloads.flatMap((workload) =>
      workload.containers.flatMap((container): readonly Found[] => {
        const server = container.init ? undefined : serverOf(container);
        if (server === undefined) return [];
        const { object } = workload;
        return [
          ...inProbes(workload, container, server),
          ...inFlags(object, container, server),
          ...token(object, container),
          ...device(workload, container, server),
        ];
      }),
    ),
);

/** The number of a probed port, if the container declares the name. */
function portOf({ fields }: Container, port: unknown): number | undefined {
  if (typeof port === 'number') return port;
  const declared = itemsAt(fields, 'ports').find(({ name }) => name === port);
  return typeof declared?.containerPort === 'number' ? declared.containerPort : undefined;
}

function inProbes({ object, containers }: Workload, container: Container, server: KnownServer): readonly Found[] {
  const { http } = server;
  const image = textAt(container.fields, 'image') ?? '';
  if (http === undefined) return [];
  const words = wordsOf(container);
  // A script may start another program beside it, and a settings file may name the port.
  if (words.filter((word) => word === http.flag).length > 1 || words.includes('--config')) return [];
  const flag = flagValue(container, [http.flag]);
  // A proxy in front of the server is another container of the same pod.
  const proxied = containers.flatMap((other) =>
    other === container ? [] : itemsAt(other.fields, 'ports').map(({ containerPort }) => containerPort),
  );
  const own = flag === undefined ? http.port : Number(flag);
  return PROBES.flatMap((probe) =>
    ['httpGet', 'tcpSocket'].flatMap((handler): readonly Found[] => {
      const get = fieldsAt(container.fields, probe, handler);
      const path =
        textAt(get, 'path')
          ?.replace(/(?<=.)\/$/, '')
          .replace(/\?.*$/, '') ?? (handler === 'httpGet' ? '/' : undefined);
      const port = portOf(container, get.port);
      const place = `${container.path}.${probe}.${handler}`;
      if (proxied.includes(port)) return [];
      if (port !== undefined && own !== port && flag !== undefined && /^\d+$/.test(flag))
        return [
          {
            object,
            path: `${place}.port`,
            message: `${server.name} listens on another port, by ${http.flag}`,
            got: port,
            expected: String(own),
          },
        ];
      const plain = server.official?.test(image) === true && listAt(container.fields, 'command').length === 0;
      const elsewhere =
        itemsAt(container.fields, 'env').some((one) => /PORT$/.test(String(one.name))) ||
        itemsAt(container.fields, 'envFrom').length > 0;
      if (plain && flag === undefined && !elsewhere && port !== undefined && port !== own && http.not?.includes(port) !== true)
        return [
          {
            object,
            path: `${place}.port`,
            message: `${server.name} listens on another port, unless ${http.flag} names it`,
            got: port,
            expected: String(own),
          },
        ];
      if (path === undefined || Object.keys(get).length === 0 || server.official?.test(image) !== true) return [];
      if (http.not?.includes(port ?? 0) && !/metrics/.test(path))
        return [
          {
            object,
            path: `${place}.port`,
            message: `${server.name} answers this route on another port`,
            got: port,
            expected: String(own),
          },
        ];
      if (port !== own || http.routes.test(path) || words.some((word) => /^--(?:root-path|api-prefix)/.test(word))) return [];
      return [
        {
          object,
          path: `${place}.path`,
          message: `${server.name} has no such route, and answers 404`,
          got: path,
          expected: http.health,
        },
      ];
    }),
  );
}

/** A word of a script without quotes around it and what ends a command behind it. */
function bare(word: string): string {
  return word.replace(/^["']|["';&|]+$/g, '');
}

/** Values of flags, and flags that are almost spelled like one of the server. */
function inFlags(object: Found['object'], container: Container, { name, flags }: KnownServer): readonly Found[] {
  if (flags === undefined) return [];
  const known = Object.keys(flags);
  const words = wordsOf(container).map(bare);
  return (['command', 'args'] as const).flatMap((field) =>
    listAt(container.fields, field).flatMap((one, index) =>
      String(one)
        .split(/[\s=]+/)
        .map(bare)
        .flatMap((written, inner, parts): readonly Found[] => {
          const word = written.replaceAll('_', '-');
          if (!word.startsWith('--')) return [];
          const path = `${container.path}.${field}[${index}]`;
          const test = flags[word];
          const value = parts[inner + 1] ?? words[words.indexOf(written) + 1] ?? '';
          if (test !== undefined) {
            const expected = /[$({]/.test(value) ? undefined : test(value);
            return expected === undefined
              ? []
              : [{ object, path, message: `${name} does not take this value for ${written}`, got: value, expected }];
          }
          const nearest = known.find((flag) => flag !== word && flag.length > 6 && editDistance(word, flag, 3) <= 2);
          // The parser completes the beginning of a flag.
          const begins = known.some((flag) => flag.startsWith(word));
          const certain = nearest !== undefined && !begins && !/^--no-/.test(word) && Math.abs(nearest.length - word.length) <= 1;
          return certain ? [{ object, path, message: `${name} has no such flag`, got: written, nearest }] : [];
        }),
    ),
  );
}

const READ = ['HF_TOKEN', 'HUGGING_FACE_HUB_TOKEN', 'HUGGINGFACE_HUB_TOKEN', 'HF_TOKEN_PATH'];
const MEANT = /^(?:HUGGING_?FACE|HF)_?(?:HUB_?)?(?:API_?|ACCESS_?|AUTH_?)?(?:TOKEN|KEY)S?$/;

/** A token of the hub under a name that its library does not read. */
function token(object: Found['object'], container: Container): readonly Found[] {
  if (hubModelOf(container) === undefined) return [];
  const names = itemsAt(container.fields, 'env').map(({ name }) => String(name));
  const got = names.find((name) => MEANT.test(name));
  if (got === undefined || READ.some((name) => names.includes(name)) || wordsOf(container).some((word) => /token/i.test(word)))
    return [];
  const message = "the hub's library does not read this variable, and asks without a token";
  return [{ object, path: `${container.path}.env[name=${got}].name`, message, got, expected: 'HF_TOKEN' }];
}

/** A server built for a GPU, without any. */
function device({ object, spec, serves }: Workload, container: Container, { name, needs }: KnownServer): readonly Found[] {
  const image = textAt(container.fields, 'image') ?? '';
  if (!serves || needs?.test(image) !== true || spec.runtimeClassName !== undefined || listAt(spec, 'resourceClaims').length > 0)
    return [];
  const devices = ['limits', 'requests']
    .flatMap((kind) => Object.keys(fieldsAt(container.fields, 'resources', kind)))
    .filter((one) => one.includes('/'));
  // Nodes may give their devices to all containers: only with another sign of a GPU is one missing.
  const words = [
    ...wordsOf(container),
    JSON.stringify([spec.nodeSelector, spec.tolerations, spec.affinity, container.fields.volumeMounts, container.fields.env]),
  ].join(' ');
  if (!/nvidia|accelerator|\bgpu\b|gpu-memory|tensor-parallel|\/dev\/shm/i.test(words)) return [];
  const privileged = at(container.fields, 'securityContext', 'privileged') === true;
  const cpu = wordsOf(container).some((word) => word === 'cpu');
  if (devices.length > 0 || privileged || cpu) return [];
  return [
    {
      object,
      path: `${container.path}.resources.limits`,
      message: `this image of ${name} needs a GPU, and the container asks for none`,
      expected: 'nvidia.com/gpu: 1',
      severity: 'warning',
    },
  ];
}
