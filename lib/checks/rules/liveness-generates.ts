import { fieldsAt, listAt, textAt } from '../../kube/fields';
import type { Container } from '../inventory/inventory';
import { serverOf, variableOf } from '../inventory/servers';
import { type Found, type Rule, rule, say } from '../model/rule';

/** Routes that generate tokens, for any server. */
const GENERATE = /\/(?:v1\/(?:chat\/)?completions|health_generate|generate(?:_stream)?|api\/(?:generate|chat))\b/;

/** A liveness probe that runs the model: it queues behind requests, and a busy server is restarted. */
export const livenessGenerates: Rule = rule(
  'LIVENESS_GENERATES',
  'warning',
  'Let liveness check the port, or a route that does not generate.',
  ({ workloads }) =>
    workloads.flatMap(({ object, containers }) =>
      containers.flatMap((container): readonly Found[] => {
        const route = generatingRoute(container);
        if (container.init || route === undefined) return [];
        const message = 'the probe generates a token, and a server that is busy is restarted';
        return say(object, `${container.path}.livenessProbe`, message, { got: route, expected: 'a check of the port' });
      }),
    ),
);

function generatingRoute(container: Container): string | undefined {
  const probe = fieldsAt(container.fields, 'livenessProbe');
  const command = listAt(probe, 'exec', 'command').join(' ');
  if (GENERATE.test(command)) return GENERATE.exec(command)?.[0];
  const path = textAt(probe, 'httpGet', 'path');
  if (path === undefined) return undefined;
  const { routes = [], unless } = serverOf(container)?.generates ?? {};
  const off = unless !== undefined && /^(?:0|false)$/i.test(variableOf(container, unless) ?? '');
  return GENERATE.test(path) || (routes.includes(path) && !off) ? path : undefined;
}
