import { at, listAt, textAt } from '../../kube/fields';
import { type Container, itemsAt, type Workload } from '../inventory/inventory';
import { environmentOf } from '../inventory/variables';
import { type Found, type Rule, rule } from '../model/rule';

/** Variables for directories that a program writes to. */
const CACHES =
  /^(?:HF_HOME|HF_HUB_CACHE|HF_DATASETS_CACHE|HUGGINGFACE_HUB_CACHE|TRANSFORMERS_CACHE|SENTENCE_TRANSFORMERS_HOME|TORCH_HOME|TORCH_EXTENSIONS_DIR|TORCHINDUCTOR_CACHE_DIR|TRITON_CACHE_DIR|TRITON_HOME|VLLM_CACHE_ROOT|VLLM_CONFIG_ROOT|XDG_CACHE_HOME|XDG_CONFIG_HOME|XDG_DATA_HOME|NUMBA_CACHE_DIR|MPLCONFIGDIR|CUDA_CACHE_PATH|OUTLINES_CACHE_DIR|FLASHINFER_WORKSPACE_BASE|NIM_CACHE_PATH|BENTOML_HOME|MLFLOW_ARTIFACTS_DESTINATION|PIP_CACHE_DIR|RAY_TMPDIR|TMPDIR|TEMP|TMP|PROMETHEUS_MULTIPROC_DIR|prometheus_multiproc_dir)$/;
/** Variables for data directories that a program downloads missing files to: a volume with all files may be read-only. */
const STORES = /^(?:OLLAMA_MODELS|NLTK_DATA)$/;
/** Flags for directories that a program writes to. */
const FLAGS = new Set(['--download-dir', '--cache-dir', '--huggingface-hub-cache', '--temp-dir', '--tmp-dir']);
/** Mounted by the container runtime itself. */
const MOUNTED = /^\/(?:dev|proc)(?:\/|$)/;

/** A cache or home directory on a read-only filesystem. */
export const readOnlyCache: Rule = rule(
  'READ_ONLY_CACHE',
  'error',
  'Mount an emptyDir there, or name a directory that can be written.',
  (all) =>
    all.workloads.flatMap((workload) =>
      workload.containers.flatMap((container): readonly Found[] => {
        const sealed = at(container.fields, 'securityContext', 'readOnlyRootFilesystem') === true;
        const { variables } = environmentOf(all, workload, container);
        const named = variables.flatMap(({ name, value = '', object, path }) =>
          CACHES.test(name) || name === 'HOME' || (STORES.test(name) && mountOf(container, value) === undefined)
            ? [{ name, value, object, path }]
            : [],
        );
        return [...named, ...flagsOf(workload, container)].flatMap(({ name, value, object, path }): readonly Found[] => {
          if (!value.startsWith('/') || MOUNTED.test(value) || /[$]/.test(value) || isWritable(workload, container, value))
            return [];
          if (!sealed && mountOf(container, value)?.readOnly !== true && !isConfiguration(workload, container, value)) return [];
          const message = 'the directory is on a read-only file system';
          // Many programs have a home directory and never write to it.
          return [{ object, path, message, got: value, severity: name === 'HOME' ? 'warning' : 'error' }];
        });
      }),
    ),
);

function flagsOf({ object }: Workload, { fields, path }: Container) {
  return (['command', 'args'] as const).flatMap((field) => {
    const words = listAt(fields, field).map(String);
    return words.flatMap((word, index) => {
      const [flag = '', ...rest] = word.split('=');
      if (!FLAGS.has(flag)) return [];
      const value = rest.length > 0 ? rest.join('=') : (words[index + 1] ?? '');
      return [{ name: flag, value, object, path: `${path}.${field}[${index}]` }];
    });
  });
}

/** The volume mount of a container that contains a path. */
function mountOf({ fields }: Container, path: string): { readonly readOnly: boolean; readonly name: unknown } | undefined {
  const mounts = itemsAt(fields, 'volumeMounts').flatMap((mount) => {
    const where = textAt(mount, 'mountPath')?.replace(/\/+$/, '') ?? '';
    return path === where || path.startsWith(`${where}/`) ? [{ where, readOnly: mount.readOnly === true, name: mount.name }] : [];
  });
  // The innermost mount applies.
  return mounts.sort((a, b) => b.where.length - a.where.length)[0];
}

/** Whether a path is on a ConfigMap or Secret, which the kubelet mounts read-only in any case. */
function isConfiguration({ spec }: Workload, container: Container, path: string): boolean {
  const mount = mountOf(container, path);
  const volume = itemsAt(spec, 'volumes').find(({ name }) => name === mount?.name);
  return ['configMap', 'secret', 'projected', 'downwardAPI'].some((source) => volume?.[source] !== undefined);
}

/** Whether a path is on a writable volume of a container. */
function isWritable(workload: Workload, container: Container, path: string): boolean {
  return mountOf(container, path)?.readOnly === false && !isConfiguration(workload, container, path);
}
