import { nearestName } from '../../errors/nearest';
import { listAt, textAt } from '../../kube/fields';
import { type Container, type Inventory, itemsAt, type Workload } from '../inventory/inventory';
import { keysOf } from '../inventory/providers';
import { flagValue, serverOf } from '../inventory/servers';
import { type Found, type Rule, rule } from '../model/rule';

/** A file that a command or a variable names in a mounted ConfigMap or Secret, and that is not there. */
export const fileMissing: Rule = rule(
  'FILE_MISSING',
  'error',
  'Name a key of the mounted object, or mount what is meant.',
  (all) =>
    all.workloads.flatMap((workload) =>
      workload.containers.flatMap((container) => [...inMaps(all, workload, container), ...modelPath(workload, container)]),
    ),
);

interface Directory {
  readonly path: string;
  readonly files: readonly string[];
  readonly from: string;
}

/** Directories whose files are all known: whole ConfigMaps and Secrets of the folder. */
function directoriesOf(all: Inventory, { namespace, spec }: Workload, { fields }: Container): readonly Directory[] {
  return itemsAt(fields, 'volumeMounts').flatMap((mount): readonly Directory[] => {
    const volume = itemsAt(spec, 'volumes').find(({ name }) => name === mount.name);
    const [kind, name] =
      volume?.configMap === undefined
        ? ['Secret', textAt(volume, 'secret', 'secretName')]
        : ['ConfigMap', textAt(volume, 'configMap', 'name')];
    const source = name === undefined ? undefined : all.find(kind, namespace, name);
    const path = textAt(mount, 'mountPath')?.replace(/\/$/, '');
    const keys = source && keysOf(all, source);
    if (keys === undefined || mount.subPath !== undefined || mount.subPathExpr !== undefined || path === undefined) return [];
    const items = itemsAt(volume, kind === 'Secret' ? 'secret' : 'configMap', 'items');
    const files = items.length > 0 ? items.flatMap((item) => textAt(item, 'path') ?? []) : keys;
    return files.length === 0 ? [] : [{ path, files, from: `${kind}/${name}` }];
  });
}

function inMaps(all: Inventory, workload: Workload, container: Container): readonly Found[] {
  const { fields, path } = container;
  const directories = directoriesOf(all, workload, container);
  if (directories.length === 0) return [];
  const mounts = itemsAt(fields, 'volumeMounts').map(({ mountPath }) => String(mountPath).replace(/\/$/, ''));
  const words = [
    ...(['command', 'args'] as const).flatMap((field) =>
      listAt(fields, field).map((word, index) => [`${field}[${index}]`, String(word)] as const),
    ),
    ...itemsAt(fields, 'env').map((one) => [`env[name=${one.name}].value`, textAt(one, 'value') ?? ''] as const),
  ];
  return words.flatMap(([place, text]) =>
    directories.flatMap((directory): readonly Found[] => {
      // Only a plain path: a script may create the file, or test whether it is there.
      const file = /^(?:--?[\w.-]+=)?(\/[\w./-]+\.\w+)$/.exec(text)?.[1];
      if (file === undefined || !file.startsWith(`${directory.path}/`)) return [];
      if (mounts.some((mount) => mount.length > directory.path.length && (file === mount || file.startsWith(`${mount}/`))))
        return [];
      const name = file.slice(directory.path.length + 1);
      if (directory.files.some((one) => one === name || one.startsWith(`${name}/`))) return [];
      const message = `${directory.from}, which is mounted there, has no such file`;
      return [
        {
          object: workload.object,
          path: `${path}.${place}`,
          message,
          got: file,
          expected: directory.files.join(', '),
          nearest: nearestName(name, directory.files),
        },
      ];
    }),
  );
}

/** Flags of servers for the directory of a model, with images that contain none. */
const MODEL_DIRECTORIES = [
  '--model',
  '--model-path',
  '--model-repository',
  '--model-store',
  '--model-id',
  '--model_dir',
  '--model_id',
];

/** A server from a public image that is told to load a model from a directory where nothing is mounted. */
function modelPath({ object }: Workload, container: Container): readonly Found[] {
  const { fields, path, init } = container;
  const server = serverOf(container);
  const model = flagValue(container, MODEL_DIRECTORIES);
  const image = textAt(fields, 'image') ?? '';
  if (init || server === undefined || model === undefined || !server.official?.test(image) || !/^\/[\w./-]+$/.test(model))
    return [];
  const mounts = itemsAt(fields, 'volumeMounts').flatMap((one) => textAt(one, 'mountPath') ?? []);
  const inside = (mount: string) => `${model}/`.startsWith(`${mount.replace(/\/$/, '')}/`) || mount.startsWith(`${model}/`);
  if (mounts.some(inside)) return [];
  const message = 'nothing is mounted there, and the image has no model';
  return [
    {
      object,
      path: `${path}.args`,
      message,
      got: model,
      expected: mounts.length === 0 ? 'a volume' : `a path under ${mounts.join(', ')}`,
    },
  ];
}
