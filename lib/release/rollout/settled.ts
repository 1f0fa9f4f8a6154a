import { isRoute } from '../../canary/route';
import { listAt } from '../../kube/fields';
import { type KubeObject, keyOf } from '../../kube/object';
import type { Run } from '../model/engine';
import { placeOf, uniquePlaces } from '../model/record';
import { readinessOf } from '../readiness';
import { observe } from './observe';

/** How long a gateway may take to apply a route before objects that the route no longer names are deleted anyway. */
const PATIENCE_MS = 30_000;
/** Gateways report a change when they pass it on, just before every proxy applies it. */
const MOMENT_MS = 1_000;

/**
 * Waits until gateways apply changed routes, so that objects they no longer name can be deleted without a lost request. Never
 * fails: it does not wait for a gateway that does not report in time, nor for a route on which no parent has ever reported.
 */
export async function settled(run: Run, written: readonly KubeObject[]): Promise<void> {
  const routes = written.filter((object) => isRoute(object) && listAt(object, 'status', 'parents').length > 0);
  if (routes.length === 0) return;
  const until = run.host.uptime() + PATIENCE_MS;
  await observe(run, uniquePlaces(routes.map(placeOf)), (view) => {
    const open = routes.some((route) => {
      const { generation } = route.metadata;
      const live = view.find(keyOf(route));
      return live !== undefined && readinessOf(live, generation === undefined ? {} : { generation }).status === 'InProgress';
    });
    return (view.complete && !open) || run.host.uptime() >= until ? true : undefined;
  });
  await run.host.sleep(MOMENT_MS);
}
