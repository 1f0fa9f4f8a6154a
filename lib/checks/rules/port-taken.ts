import { textAt } from '../../kube/fields';
import { itemsAt } from '../inventory/inventory';
import { type Found, type Rule, rule } from '../model/rule';

/** Two containers of one pod that listen on one port: they share the pod's address, and the second one does not start. */
export const portTaken: Rule = rule('PORT_TAKEN', 'error', 'Give each container of a pod a port of its own.', ({ workloads }) =>
  workloads.flatMap(({ object, containers }) => {
    const holders = new Map<string, string>();
    // Containers that run one after the other may use the same ports.
    const together = containers.filter(({ init, fields }) => !init || fields.restartPolicy === 'Always');
    return together.flatMap(({ name, fields, path }) =>
      itemsAt(fields, 'ports').flatMap((port, index): readonly Found[] => {
        const protocol = textAt(port, 'protocol') ?? 'TCP';
        const key = `${port.containerPort}/${protocol}`;
        const holder = holders.get(key);
        if (holder === undefined) holders.set(key, name);
        if (holder === undefined || holder === name) return [];
        const message = `container ${holder} of the same pod has this port already`;
        return [{ object, path: `${path}.ports[${index}].containerPort`, message, got: port.containerPort }];
      }),
    );
  }),
);
