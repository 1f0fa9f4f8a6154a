import { badRequest } from '../../api-schema/failure';
import { isObj } from '../../api-schema/json';
import type { Obj, Value } from '../../kube/fields';
import { parseYaml } from '../../manifests/yaml-document';

/** Parses a body as a JSON object; throws the server's error. */
export function parseObject(text: string, kind: string): Obj {
  const value = tryJson(text);
  if (isObj(value)) return value;
  const why = text === '' ? 'unexpected end of JSON input (<empty>)' : `invalid character (${text.slice(0, 40)})`;
  throw badRequest(
    `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error: ${why}`,
  );
}

/** Parses JSON; undefined if it is invalid. */
export function tryJson(text: string): Value | undefined {
  try {
    const value: Value = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

/** Parses the body of a server-side apply: JSON or YAML. */
export function parseApply(text: string): Obj {
  const json = tryJson(text);
  if (isObj(json)) return json;
  const { values, faults } = parseYaml(text);
  const fault = faults.find(({ warning }) => !warning);
  if (fault !== undefined) throw badRequest(`error decoding YAML: error converting YAML to JSON: yaml: ${fault.message}`);
  const [value] = values;
  if (isObj(value)) return value;
  throw badRequest('error decoding YAML: the body is not an object');
}

/** Duplicate fields in JSON text, by path: `data.a`. `JSON.parse` does not report them. */
export function duplicateFields(text: string): string[] {
  const found: string[] = [];
  const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;
  let next = token.exec(text)?.[0];
  const advance = () => {
    const current = next;
    next = token.exec(text)?.[0];
    return current;
  };
  const value = (path: string): void => {
    const open = advance();
    if (open === '{') {
      const seen = new Set<string>();
      while (next !== undefined && next !== '}') {
        const name = String(tryJson(advance() ?? '""'));
        const here = path === '' ? name : `${path}.${name}`;
        if (seen.has(name)) found.push(here);
        seen.add(name);
        advance();
        value(here);
        if (next === ',') advance();
      }
      advance();
    } else if (open === '[') {
      for (let i = 0; next !== undefined && next !== ']'; i++) {
        value(`${path}[${i}]`);
        if (next === ',') advance();
      }
      advance();
    }
  };
  if (tryJson(text) !== undefined) value('');
  return found;
}
