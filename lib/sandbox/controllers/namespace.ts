import { objAt } from '../../api-schema/json';
import { type Obj, textOrEmpty } from '../../kube/fields';
import type { Change } from '../core/store';
import { deleteObject } from '../write/delete';
import { isDeleting, type Kit } from './kit';
import type { Controller } from './runtime';

const CA_NOTE =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.';

/** Gives a new namespace its ServiceAccount and CA certificate; empties a namespace that is being deleted, then removes it. */
export class Namespaces implements Controller {
  private readonly kit: Kit;

  constructor(kit: Kit) {
    this.kit = kit;
  }

  *keysOf({ kind, object, type }: Change): Iterable<string> {
    if (kind.kind === 'Namespace' && type !== 'DELETED') yield `/${textOrEmpty(object, 'metadata', 'name')}`;
    const namespace = textOrEmpty(object, 'metadata', 'namespace');
    const there =
      type === 'DELETED' && namespace !== '' ? this.kit.get(this.kit.kind('v1', 'Namespace'), `/${namespace}`) : undefined;
    if (there !== undefined && isDeleting(there)) yield `/${namespace}`;
  }

  reconcile(key: string): undefined {
    const { kit } = this;
    const kind = kit.kind('v1', 'Namespace');
    const namespace = kit.get(kind, key);
    if (namespace === undefined) return;
    const name = textOrEmpty(namespace, 'metadata', 'name');
    if (!isDeleting(namespace)) return this.furnish(name);
    let left = 0;
    for (const contained of kit.world.registry.kinds()) {
      if (!contained.namespaced) continue;
      for (const object of kit.all(contained, name)) {
        left++;
        if (!isDeleting(object)) deleteObject(kit.world, contained, object, { dryRun: false, propagation: 'Background' });
      }
    }
    const remains =
      left > 0 && kit.world.registry.kinds().some((contained) => contained.namespaced && kit.all(contained, name).length > 0);
    const finalizers = objAt(namespace, 'metadata').finalizers;
    if (remains || (Array.isArray(finalizers) && finalizers.length > 0)) return;
    kit.world.store.remove(kind, { ...namespace, spec: {} });
  }

  private furnish(namespace: string): undefined {
    const { kit } = this;
    const make = (kind: string, name: string, object: Obj) => {
      const info = kit.kind('v1', kind);
      if (kit.get(info, `${namespace}/${name}`) === undefined) kit.create(info, object);
    };
    make('ServiceAccount', 'default', { metadata: { name: 'default', namespace } });
    const metadata = { name: 'kube-root-ca.crt', namespace, annotations: { 'kubernetes.io/description': CA_NOTE } };
    make('ConfigMap', 'kube-root-ca.crt', { metadata, data: { 'ca.crt': 'the sandbox has no certificate here\n' } });
  }
}
