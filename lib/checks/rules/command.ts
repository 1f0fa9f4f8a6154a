import { at, listAt } from '../../kube/fields';
import { isBuiltIn } from '../../kube/kinds';
import type { KubeObject } from '../../kube/object';
import { type Container, type Inventory, itemsAt, type Workload } from '../inventory/inventory';
import { PROBES } from '../inventory/timing';
import { environmentOf } from '../inventory/variables';
import { type Found, type Rule, rule } from '../model/rule';

const SHELL = /(?:^|\/)(?:ba|da|a|z|k)?sh$/;
/** Flags with which a shell reads its script from the next word. */
const SCRIPT = /^-[a-z]*c$/;
/** A program and its arguments in one word; a path may have spaces, a script has more than one line. */
const LINE = /^[\w./-]+ +\S/;
/** `$NAME` or `${NAME}`, which only a shell expands. */
const SHELL_VARIABLE = /(?<!\$)\$(?:\{([A-Z_][A-Z0-9_]*)\}|([A-Z_][A-Z0-9_]*)\b)/g;

/** A command that the container runtime does not run as it reads: it starts programs without a shell. */
export const commandInvalid: Rule = rule(
  'COMMAND_INVALID',
  'error',
  'Write the program and each argument as an item of its own, or run a shell: ["sh", "-c", "..."].',
  (all) =>
    all.workloads
      .filter(({ object }) => isBuiltIn(object))
      .flatMap((workload) => workload.containers.flatMap((container) => mistakesIn(all, workload, container))),
);

function mistakesIn(all: Inventory, workload: Workload, container: Container): readonly Found[] {
  const { fields, path } = container;
  const { object } = workload;
  const command = listAt(fields, 'command').map(String);
  const args = listAt(fields, 'args').map(String);
  const lists: readonly (readonly [string, readonly string[]])[] = [
    [`${path}.command`, command],
    ...PROBES.map((probe) => [`${path}.${probe}.exec.command`, listAt(fields, probe, 'exec', 'command').map(String)] as const),
    ...['preStop', 'postStart'].map(
      (hook) =>
        [`${path}.lifecycle.${hook}.exec.command`, listAt(fields, 'lifecycle', hook, 'exec', 'command').map(String)] as const,
    ),
  ];
  return [
    ...lists.flatMap(([place, words]) => oneWord(object, place, words)),
    ...scriptCut(object, path, command, args),
    ...unexpanded(all, workload, container, [...command, ...args]),
    ...notExecutable(workload, container, command[0] ?? ''),
  ];
}

/** A whole command line as the name of the program. */
function oneWord(object: KubeObject, path: string, words: readonly string[]): readonly Found[] {
  const [program = ''] = words;
  if (words.length !== 1 || !LINE.test(program) || program.includes('\n')) return [];
  const expected = JSON.stringify(program.trim().split(/ +/));
  return [{ object, path: `${path}[0]`, message: 'the whole line is taken as the name of a program', got: program, expected }];
}

/** Words after a script of one word: the shell takes them as its own parameters. */
function scriptCut(object: KubeObject, path: string, command: readonly string[], args: readonly string[]): readonly Found[] {
  const words = [...command, ...args];
  const at = SHELL.test(command[0] ?? '') ? words.findIndex((word) => SCRIPT.test(word)) : -1;
  const script = words[at + 1] === '--' ? undefined : words[at + 1];
  const rest = words.slice(at + 2);
  if (at < 1 || script === undefined || rest.length === 0 || !/^[\w./-]+$/.test(script)) return [];
  const place = at + 1 < command.length ? `command[${at + 1}]` : `args[${at + 1 - command.length}]`;
  const message = 'the shell runs this word alone, and takes the others as parameters of its script';
  return [{ object, path: `${path}.${place}`, message, got: script, expected: [script, ...rest].join(' ') }];
}

/** A shell variable that the container defines, where no shell is. */
function unexpanded(all: Inventory, workload: Workload, container: Container, words: readonly string[]): readonly Found[] {
  const { fields, path } = container;
  const shell =
    words.some((word) => SHELL.test(word) || SCRIPT.test(word)) ||
    (listAt(fields, 'command').length === 0 && listAt(fields, 'args').some((word) => /[\n;|&]/.test(String(word))));
  if (shell) return [];
  const names = environmentOf(all, workload, container).variables.map(({ name }) => name);
  return (['command', 'args'] as const).flatMap((field) =>
    listAt(fields, field).flatMap((word, index): readonly Found[] => {
      const found = [...String(word).matchAll(SHELL_VARIABLE)].find(([, a, b]) => names.includes(a ?? b ?? ''));
      if (found === undefined) return [];
      const name = found[1] ?? found[2] ?? '';
      const message = 'no shell runs here, and the program gets the name instead of the value';
      return [
        {
          object: workload.object,
          path: `${path}.${field}[${index}]`,
          message,
          got: found[0],
          expected: `$(${name})`,
          severity: 'warning',
        },
      ];
    }),
  );
}

/** A program from a ConfigMap or Secret with a mode that lets nobody run it. */
function notExecutable({ object, spec }: Workload, { fields, path }: Container, program: string): readonly Found[] {
  const mount = itemsAt(fields, 'volumeMounts').find(({ mountPath, subPath }) => {
    const place = String(mountPath);
    return subPath === undefined ? program.startsWith(`${place.replace(/\/$/, '')}/`) : program === place;
  });
  const volume = mount === undefined ? undefined : itemsAt(spec, 'volumes').find(({ name }) => name === mount.name);
  const source = ['configMap', 'secret'].map((kind) => volume?.[kind]).find((one) => one !== undefined);
  if (source === undefined) return [];
  const item = itemsAt(source, 'items').find((one) => program.endsWith(`/${one.path}`));
  const mode = item?.mode ?? at(source, 'defaultMode') ?? 0o644;
  if (typeof mode !== 'number' || (mode & 0o111) !== 0) return [];
  const message = 'the file may not be run: its mode gives nobody the right';
  return [
    { object, path: `${path}.command[0]`, message, got: program, expected: 'defaultMode: 0555, or a shell that reads the file' },
  ];
}
