import { customKind } from '../../api-schema/custom';
import { objAt, objsAt } from '../../api-schema/json';
import type { Obj } from '../../kube/fields';
import { type Change, keyOf } from '../core/store';
import { isDeleting, type Kit, withCondition } from './kit';
import type { Controller } from './runtime';

/** Serves the kinds that CustomResourceDefinitions add, and removes them together with their objects. */
export class Definitions implements Controller {
  private readonly kit: Kit;

  constructor(kit: Kit) {
    this.kit = kit;
  }

  *keysOf({ kind, object, type }: Change): Iterable<string> {
    if (kind.kind !== 'CustomResourceDefinition') return;
    if (type === 'DELETED') this.drop(object);
    else yield keyOf(object);
  }

  reconcile(key: string): undefined {
    const { kit } = this;
    const kind = kit.kind('apiextensions.k8s.io/v1', 'CustomResourceDefinition');
    const definition = kit.get(kind, key);
    if (definition === undefined || isDeleting(definition)) return;
    const served = customKind(definition);
    if (served === undefined) return;
    kit.world.registry.addCustom(served);
    const now = kit.world.now();
    const before = objsAt(definition, 'status', 'conditions');
    const accepted = { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' };
    const established = {
      type: 'Established',
      status: 'True',
      reason: 'InitialNamesAccepted',
      message: 'the initial names have been accepted',
    };
    kit.status(
      kind,
      definition,
      {
        conditions: withCondition(withCondition(before, accepted, now), established, now),
        acceptedNames: objAt(definition, 'spec', 'names'),
        storedVersions: [served.apiVersion.split('/').at(-1) ?? ''],
      },
      'kube-apiserver',
    );
  }

  private drop(definition: Obj): void {
    const gone = customKind(definition);
    const known = gone === undefined ? undefined : this.kit.world.registry.find(gone.apiVersion, gone.kind);
    if (known === undefined) return;
    for (const object of this.kit.all(known)) this.kit.world.store.remove(known, object);
    this.kit.world.registry.removeCustom(known);
  }
}
