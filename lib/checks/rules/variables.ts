import { nearestName } from '../../errors/nearest';
import { listAt, textAt } from '../../kube/fields';
import { isBuiltIn } from '../../kube/kinds';
import { type Container, type Inventory, itemsAt, type Workload } from '../inventory/inventory';
import { environmentOf } from '../inventory/variables';
import { type Found, type Rule, rule } from '../model/rule';

/** `$(NAME)`, and `$$(NAME)`, which escapes the text `$(NAME)`. Shells use lower-case names for command substitution. */
const REFERENCE = /(\$?)\$\(([A-Za-z_][A-Za-z0-9_]*)\)/g;
/** Variables that the kubelet adds for the API server and, with service links, for every Service in the namespace. */
const OF_API_SERVER = /^KUBERNETES_/;
const OF_SERVICES = /_(?:SERVICE_HOST|SERVICE_PORT(?:_[A-Z0-9_]+)?|PORT(?:_\d+_(?:TCP|UDP|SCTP)(?:_[A-Z]+)?)?)$/;

/** `$(NAME)` without such a variable, or before its definition: the kubelet leaves it unchanged. */
export const variableUndefined: Rule = rule(
  'VARIABLE_UNDEFINED',
  'error',
  'Define it before it is used, or correct the name; $$(NAME) is the text itself.',
  (all) =>
    // Controllers of custom kinds add variables to their pods.
    all.workloads
      .filter(({ object }) => isBuiltIn(object))
      .flatMap((workload) => workload.containers.flatMap((container) => undefinedIn(all, workload, container))),
);

function undefinedIn(all: Inventory, workload: Workload, container: Container): readonly Found[] {
  const { fields, path } = container;
  const { variables, open } = environmentOf(all, workload, container);
  const names = variables.map(({ name }) => name);
  const linked = workload.spec.enableServiceLinks !== false;
  // The controller adds it behind all others, so that only commands may use it.
  const indexed =
    textAt(workload.object, 'spec', 'completionMode') === 'Indexed' ||
    textAt(workload.object, 'spec', 'jobTemplate', 'spec', 'completionMode') === 'Indexed';
  const given = (name: string) => OF_API_SERVER.test(name) || (linked && OF_SERVICES.test(name));
  const own = itemsAt(fields, 'env');
  const before = (index: number) => {
    const later = new Set(own.slice(index).map(({ name }) => name));
    const earlier = new Set(own.slice(0, index).map(({ name }) => name));
    // Variables from `envFrom` are defined before all of them.
    const mapped = names.slice(0, names.length - own.length);
    return (name: string) => earlier.has(name) || mapped.includes(name) || (!later.has(name) && names.includes(name));
  };
  const found = (text: unknown, where: string, has: (name: string) => boolean): readonly Found[] =>
    [...String(text).matchAll(REFERENCE)].flatMap(([, escaped, name = '']): readonly Found[] => {
      if (escaped === '$' || has(name) || given(name)) return [];
      // Lower case is a command, unless a variable has this name in other letters.
      const alike = names.find((one) => one !== name && one.toUpperCase() === name.toUpperCase());
      if (/[a-z]/.test(name) && alike === undefined && !names.includes(name)) return [];
      const late = names.includes(name);
      // Variables from elsewhere are unknown, but one defined further down is too late in any case.
      if (open && !late) return [];
      const message = late
        ? `$(${name}) is used before it is defined, and stays as it stands`
        : `no variable ${name} is defined, and $(${name}) stays as it stands`;
      const nearest = late ? undefined : nearestName(name, names);
      return [{ object: workload.object, path: where, message, got: `$(${name})`, nearest }];
    });
  return [
    ...own.flatMap((variable, index) =>
      variable.value === undefined ? [] : found(variable.value, `${path}.env[name=${variable.name}].value`, before(index)),
    ),
    ...(['command', 'args'] as const).flatMap((field) =>
      listAt(fields, field).flatMap((text, index) =>
        found(text, `${path}.${field}[${index}]`, (name) => names.includes(name) || (indexed && name === 'JOB_COMPLETION_INDEX')),
      ),
    ),
  ];
}
