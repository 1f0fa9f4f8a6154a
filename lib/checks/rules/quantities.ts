import { fieldsAt } from '../../kube/fields';
import { parseQuantity } from '../../kube/quantity';
import { type Found, type Rule, rule } from '../model/rule';

const MIB = 2 ** 20;
/** No process of a container starts in less: the runtime itself takes that much. */
const LEAST_MEMORY = 4 * MIB;
/** More than the largest machines that clouds rent out have. */
const MOST_CPU = 2000;
const MOST_MEMORY = 64 * 2 ** 40;

/** Amounts that cannot be meant: cores for thousandths of them, bytes for megabytes. */
export const quantityUnlikely: Rule = rule(
  'QUANTITY_UNLIKELY',
  'error',
  'Write CPU in cores (2) or thousandths (250m), and memory with a unit (512Mi).',
  ({ workloads }) =>
    workloads.flatMap(({ object, containers }) =>
      containers.flatMap(({ fields, path }) =>
        (['requests', 'limits'] as const).flatMap((kind) =>
          Object.entries(fieldsAt(fields, 'resources', kind)).flatMap(([name, value]): readonly Found[] => {
            const mistake = mistakeOf(kind, name, String(value));
            if (mistake === undefined) return [];
            const [message, expected] = mistake;
            return [{ object, path: `${path}.resources.${kind}.${name}`, message, got: value, expected }];
          }),
        ),
      ),
    ),
);

function mistakeOf(
  kind: 'requests' | 'limits',
  name: string,
  text: string,
): readonly [message: string, expected: string] | undefined {
  const amount = parseQuantity(text);
  if (amount === undefined) return undefined;
  if (name === 'cpu') return cpuMistake(amount, text);
  if (name !== 'memory' && name !== 'ephemeral-storage') return undefined;
  if (amount > 0 && /m$/.test(text)) return ['thousandths of a byte', text.replace(/m$/, 'Mi')];
  if (amount > MOST_MEMORY) return ['more than any node has', 'an amount that a node has'];
  if (kind === 'limits' && name === 'memory' && amount > 0 && amount < LEAST_MEMORY)
    return ['no process starts in so little memory', 'at least 4Mi'];
  return undefined;
}

/** Round hundreds of cores are thousandths whose unit was forgotten; hosts of TPUs have up to 240, the largest machines a few hundred. */
function cpuMistake(cores: number, text: string): readonly [message: string, expected: string] | undefined {
  if (cores <= MOST_CPU && (cores < 250 || cores % 50 !== 0)) return undefined;
  return ['hundreds of cores', /^\d+$/.test(text) ? `${text}m, if thousandths are meant` : 'the cores that a node has'];
}
