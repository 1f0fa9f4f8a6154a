import { milliseconds } from '../../kube/duration';
import { fieldsAt, listAt, numberAt } from '../../kube/fields';
import type { Container, Inventory, Workload } from '../inventory/inventory';
import { hubModelOf } from '../inventory/servers';
import { patience, startupTimeout } from '../inventory/timing';
import { environmentOf } from '../inventory/variables';
import { type Found, type Rule, rule } from '../model/rule';

/** Variables and flags of servers for the maximum load time of a model, with their unit in seconds. */
const LOAD_TIMEOUT =
  /^(?:VLLM_ENGINE_READY_TIMEOUT_S|TS_(?:DEFAULT_)?STARTUP_TIMEOUT|(?:[A-Z0-9]+_)*(?:MODEL_?)?(?:LOAD|STARTUP|INIT(?:IALIZATION)?|WARMUP)(?:ING)?_TIMEOUT(?:_(S|SEC|SECS|SECONDS|MS|MILLISECONDS))?)$/;
/** Programs that download files, run by a container before its server. */
const DOWNLOAD =
  /\b(?:curl|wget|aria2c|azcopy|rclone (?:copy|sync)|aws s3 (?:cp|sync)|g(?:cloud storage|sutil)(?: -\w+)* (?:cp|rsync)|mc (?:cp|mirror)|(?:huggingface-cli|hf) download|snapshot_download|dvc pull)\b/;
/** Time that a download may take: a few gigabytes over a slow connection. */
const DOWNLOAD_SECONDS = 300;
/** Time in which no model is fetched and loaded. */
const STARTUP_SECONDS = 90;

/** A liveness probe that fails before the container can be ready, or while it is still downloading its model. */
export const livenessTooEarly: Rule = rule(
  'LIVENESS_TOO_EARLY',
  'error',
  'Add a startup probe that allows for the whole start.',
  ({ workloads }) =>
    workloads.flatMap(({ object, containers, serves }) =>
      containers.flatMap((container): readonly Found[] => {
        const { fields, path, init } = container;
        if (init || !serves) return [];
        if (fields.startupProbe !== undefined) return shortStartup(object, container);
        if (fields.livenessProbe === undefined) return [];
        const allowed = patience(fieldsAt(fields, 'livenessProbe'));
        const delay = numberAt(fields, 'readinessProbe', 'initialDelaySeconds') ?? 0;
        const where = { object, path: `${path}.livenessProbe` };
        if (allowed <= delay) {
          const message = `the container is restarted after ${allowed} s, and asked whether it is ready after ${delay} s`;
          return [{ ...where, message, got: `${allowed} s`, expected: `more than ${delay} s` }];
        }
        const script = [...listAt(fields, 'command'), ...listAt(fields, 'args')].join(' ');
        const model = hubModelOf(container);
        if ((!DOWNLOAD.test(script) && model === undefined) || allowed >= DOWNLOAD_SECONDS) return [];
        const message = `the container fetches ${model ?? 'files'} first, and is restarted after ${allowed} s`;
        return [{ ...where, message, got: `${allowed} s`, expected: 'a startup probe', severity: 'warning' }];
      }),
    ),
);

/** A startup probe that gives a server less time than the download of its model takes. */
function shortStartup(object: Found['object'], container: Container): readonly Found[] {
  const model = hubModelOf(container);
  const allowed = patience(fieldsAt(container.fields, 'startupProbe'));
  if (model === undefined || allowed >= STARTUP_SECONDS) return [];
  const message = `the server fetches ${model} first, and is restarted after ${allowed} s`;
  const expected = `at least ${DOWNLOAD_SECONDS} s`;
  return [{ object, path: `${container.path}.startupProbe`, message, got: `${allowed} s`, expected, severity: 'warning' }];
}

/** Probes that restart a server while it may still be loading according to its settings. */
export const startupTooShort: Rule = rule(
  'STARTUP_TOO_SHORT',
  'error',
  'Let the startup probe wait for as long as the server does.',
  (all) =>
    all.workloads.flatMap((workload) =>
      workload.containers.flatMap((container): readonly Found[] => {
        const allowed = container.init ? undefined : startupTimeout(container);
        const own = loadTimeout(all, workload, container);
        if (allowed === undefined || own === undefined || own.seconds <= allowed) return [];
        const probe = container.fields.startupProbe === undefined ? 'livenessProbe' : 'startupProbe';
        const message = `by ${own.name} the server may load for ${own.seconds} s, and is restarted after ${allowed} s`;
        return [
          {
            object: workload.object,
            path: `${container.path}.${probe}`,
            message,
            got: `${allowed} s`,
            expected: `at least ${own.seconds} s`,
          },
        ];
      }),
    ),
);

/** Time that a server waits for its model, from a variable or a flag. */
function loadTimeout(
  all: Inventory,
  workload: Workload,
  container: Container,
): { readonly name: string; readonly seconds: number } | undefined {
  const words = [...listAt(container.fields, 'command'), ...listAt(container.fields, 'args')].flatMap((one) =>
    String(one).split(/[\s=]+/),
  );
  const flags = words.flatMap((word, index) => {
    const value = words[index + 1];
    return word.startsWith('--') && value !== undefined ? [{ name: word, value }] : [];
  });
  for (const { name, value = '' } of [...environmentOf(all, workload, container).variables, ...flags]) {
    const unit = LOAD_TIMEOUT.exec(name.replace(/^--/, '').replaceAll('-', '_').toUpperCase());
    const [, amount, suffix = 's'] = /^(\d+)(s|m|h|ms)?$/.exec(value) ?? [];
    if (unit === null || amount === undefined) continue;
    const time = /^M/.test(unit[1] ?? '') ? Number(amount) : (milliseconds(amount + suffix) ?? 0);
    return { name, seconds: time / 1000 };
  }
  return undefined;
}
