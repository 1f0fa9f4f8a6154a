import { textAt } from '../../kube/fields';
import { displayName, type KubeObject, keyOf } from '../../kube/object';
import { type Inventory, itemsAt, type Workload } from '../inventory/inventory';
import { type Found, type Rule, rule } from '../model/rule';

/** The same port twice: in the containers of a pod, which share its address, or on the cluster's nodes. */
export const portTaken: Rule = rule('PORT_TAKEN', 'error', 'Give each of them a port of its own.', (all) => [
  ...all.workloads.flatMap(inPod),
  ...onNodes(all),
]);

function inPod({ object, containers }: Workload): readonly Found[] {
  const holders = new Map<string, string>();
  // Containers that run one after the other may use the same ports.
  const together = containers.filter(({ init, fields }) => !init || fields.restartPolicy === 'Always');
  return together.flatMap(({ name, fields, path }) =>
    itemsAt(fields, 'ports').flatMap((port, index): readonly Found[] => {
      const key = `${port.containerPort}/${textAt(port, 'protocol') ?? 'TCP'}`;
      const holder = holders.get(key);
      if (holder === undefined) holders.set(key, name);
      if (holder === undefined || holder === name) return [];
      const message = `container ${holder} of the same pod has this port already`;
      return [{ object, path: `${path}.ports[${index}].containerPort`, message, got: port.containerPort }];
    }),
  );
}

function onNodes(all: Inventory): readonly Found[] {
  const holders = new Map<string, KubeObject>();
  return all.ofKind('Service').flatMap((object) =>
    itemsAt(object, 'spec', 'ports').flatMap(({ nodePort, protocol = 'TCP' }, index): readonly Found[] => {
      const key = `${nodePort}/${protocol}`;
      const holder = holders.get(key);
      if (typeof nodePort !== 'number' || nodePort === 0) return [];
      if (holder === undefined) holders.set(key, object);
      // The rule duplicate-object reports an object that appears twice.
      if (holder === undefined || keyOf(holder) === keyOf(object)) return [];
      const message = `${displayName(holder)} has this port of the nodes already`;
      return [{ object, path: `spec.ports[${index}].nodePort`, message, got: nodePort }];
    }),
  );
}
