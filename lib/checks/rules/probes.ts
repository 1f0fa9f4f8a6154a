import { fieldsAt, numberAt } from '../../kube/fields';
import { patience } from '../inventory/timing';
import { type Found, type Rule, rule } from '../model/rule';

/** A fixed liveness delay in place of a startup probe: a slower start is restarted forever. */
export const livenessWithoutStartup: Rule = rule(
  'LIVENESS_WITHOUT_STARTUP',
  'style',
  'Move the startup timeout into a startup probe, and take the delay away.',
  ({ workloads }) =>
    workloads.flatMap(({ object, containers, serves }) =>
      containers.flatMap(({ fields, path, init }): readonly Found[] => {
        const liveness = fieldsAt(fields, 'livenessProbe');
        const delay = numberAt(liveness, 'initialDelaySeconds') ?? 0;
        // A delay of half a minute or more waits for a model to load, and load times vary.
        if (init || !serves || fields.startupProbe !== undefined || delay < 30) return [];
        const message = `a container that starts in more than ${patience(liveness)} s is restarted forever, and a faster one still waits`;
        return [{ object, path: `${path}.livenessProbe.initialDelaySeconds`, message, got: delay, expected: 'a startup probe' }];
      }),
    ),
);

/** Pods behind a Service that receive requests before they can respond. */
export const probeMissing: Rule = rule(
  'PROBE_MISSING',
  'warning',
  'Add a readiness probe that succeeds once the model is loaded.',
  (all) =>
    all.workloads.flatMap((workload) => {
      const { object, containers, serves, part } = workload;
      const behind = all.selecting('Service', workload).length > 0;
      const has = containers.some(({ init, fields }) => !init && fields.readinessProbe !== undefined);
      // The leader of a group receives the requests, and is ready when its workers are.
      if (!serves || part === 'worker' || !behind || has) return [];
      return [
        { object, message: 'its pods receive requests before they report that they are ready', expected: 'readinessProbe' },
      ];
    }),
  'kube-linter:no-readiness-probe kube-score:pod-probes',
);

/** The same check for both: a busy pod is killed instead of taken out of service. */
export const probesIdentical: Rule = rule(
  'PROBES_IDENTICAL',
  'warning',
  'Let liveness ask something that does not depend on load, or be far more patient.',
  ({ workloads }) =>
    workloads.flatMap(({ object, containers }) =>
      containers.flatMap(({ fields, path }): readonly Found[] => {
        const [ready, live] = [fieldsAt(fields, 'readinessProbe'), fieldsAt(fields, 'livenessProbe')];
        if (fields.readinessProbe === undefined || fields.livenessProbe === undefined || ready.tcpSocket !== undefined) return [];
        const same = ['httpGet', 'grpc', 'exec'].every(
          (handler) => JSON.stringify(ready[handler]) === JSON.stringify(live[handler]),
        );
        if (!same || patience(live) > patience(ready)) return [];
        return [{ object, path: `${path}.livenessProbe`, message: 'liveness and readiness ask the same, equally patiently' }];
      }),
    ),
  'kube-score:pod-probes-identical',
);
