import { numberAt } from '../../kube/fields';
import { keyOf } from '../../kube/object';
import { type Container, namespaceOf } from '../inventory/inventory';
import { flagValue, serverOf } from '../inventory/servers';
import { drainDelay, gracePeriod, rolloutStep, shortestStart, startupTimeout } from '../inventory/timing';
import { type Found, type Rule, rule, say } from '../model/rule';
import { backendsOf } from './dangling-ingress';
import { podCounts } from './disruption-budget';

/** A grace period shorter than the drain: requests are cut off. */
export const graceTooShort: Rule = rule(
  'GRACE_TOO_SHORT',
  'error',
  'Make the grace period longer than the preStop wait and the drain.',
  (all) =>
    all.workloads.flatMap((workload) =>
      workload.containers.flatMap((container): readonly Found[] => {
        const delay = drainDelay(container) ?? 0;
        const grace = gracePeriod(workload);
        const path = `${workload.path}.terminationGracePeriodSeconds`;
        if (delay > 0 && delay >= grace)
          return say(workload.object, path, `${container.name} waits ${delay} s before it stops, and is killed then`, {
            got: grace,
            expected: `more than ${delay}`,
          });
        const finish = container.init ? undefined : finishSeconds(container);
        if (finish === undefined || delay + finish <= grace) return [];
        const message = `${container.name} may take ${finish} s to finish requests, ${delay} s after the pod was told to stop`;
        return say(workload.object, path, message, {
          got: grace,
          expected: `at least ${delay + finish}`,
          severity: 'warning',
        });
      }),
    ),
);

/** Maximum seconds for a known model server to finish requests after SIGTERM. */
function finishSeconds(container: Container): number | undefined {
  const { finish } = serverOf(container) ?? {};
  if (finish === undefined) return undefined;
  const given = flagValue(container, [finish.flag]);
  return given === undefined ? finish.seconds : /^\d+$/.test(given) ? Number(given) : undefined;
}

/** Pods that stop immediately while others still send requests to them. */
export const drainMissing: Rule = rule('DRAIN_MISSING', 'warning', 'Let a preStop hook sleep for 10 to 20 s.', (all) => {
  const backends = all
    .ofKind('Ingress')
    .flatMap((ingress) =>
      backendsOf(ingress).map(({ service }) => all.find('Service', namespaceOf(ingress), String(service.name))),
    );
  const exposed = new Set(backends.flatMap((service) => (service === undefined ? [] : keyOf(service))));
  return all.workloads.flatMap((workload): readonly Found[] => {
    const { object, containers } = workload;
    if (object.kind !== 'Deployment' || containers.some((one) => !one.init && drainDelay(one) !== undefined)) return [];
    return all.selecting('Service', workload).some((service) => exposed.has(keyOf(service)))
      ? [{ object, message: 'its pods stop before every client has seen the endpoint change', expected: 'lifecycle.preStop' }]
      : [];
  });
});

/** A rollout that counts as failed while a pod may still be starting. */
export const progressDeadline: Rule = rule(
  'PROGRESS_DEADLINE',
  'error',
  'Raise progressDeadlineSeconds above the startup timeout.',
  (all) =>
    all.ofKind('Deployment').flatMap((object): readonly Found[] => {
      const workload = all.workload('Deployment', namespaceOf(object), object.metadata.name);
      const main = workload?.containers.filter(({ init }) => !init) ?? [];
      const longest =
        Math.max(0, ...main.map((one) => startupTimeout(one) ?? 0)) + (numberAt(object, 'spec', 'minReadySeconds') ?? 0);
      const deadline = numberAt(object, 'spec', 'progressDeadlineSeconds') ?? 600;
      if (longest < deadline) return [];
      return say(
        object,
        'spec.progressDeadlineSeconds',
        `a pod may take ${longest} s to start, and the rollout has failed by then`,
        { got: deadline, expected: `more than ${longest}` },
      );
    }),
);

/** A rollout that exceeds the release timeout even if every pod starts as fast as its probes allow. */
export const releaseTimeout: Rule = rule(
  'RELEASE_TIMEOUT',
  'error',
  'Allow more time, start pods faster, or replace more of them at once.',
  (all, context) => {
    const { releaseTimeout: allowed } = context;
    if (allowed === undefined) return [];
    return all.workloads.flatMap((workload): readonly Found[] => {
      const { object, containers } = workload;
      if (!['Deployment', 'StatefulSet'].includes(object.kind)) return [];
      const pods = podCounts(all, workload).max;
      const each =
        Math.max(0, ...containers.filter(({ init }) => !init).map(shortestStart)) +
        (numberAt(object, 'spec', 'minReadySeconds') ?? 0);
      const steps = Math.ceil(pods / rolloutStep(workload, pods));
      const needed = steps * each;
      const budget = Math.max(0, ...containers.filter(({ init }) => !init).map((one) => startupTimeout(one) ?? 0));
      if (needed > allowed) {
        const message = `${pods} pods, ${rolloutStep(workload, pods)} at a time, take at least ${each} s each`;
        return [{ object, message, got: `${allowed} s`, expected: `at least ${needed} s` }];
      }
      if (budget <= allowed) return [];
      return say(object, '', 'one pod may take longer to start than the whole release may', {
        got: `${allowed} s`,
        expected: `more than ${budget} s`,
      });
    });
  },
);
