import { expect, it } from 'vitest';
import { keptBy } from '../../../lib/release/ownership/kept';

/** An object with an annotation, or with a label instead. */
const object = (name: string, value: string, where: 'annotations' | 'labels' = 'annotations') => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a', [where]: { [name]: value } },
});
const [argo, flux] = ['argocd.argoproj.io/sync-options', 'kustomize.toolkit.fluxcd.io/prune'];

it.each([
  ['cdk8s-serving/keep', 'true'],
  ['helm.sh/resource-policy', 'keep'],
  [argo, 'Prune=false'],
  [argo, 'Validate=false, Delete=false'],
  [argo, 'Prune=confirm'],
  [argo, 'Delete=confirm,Replace=true'],
  [flux, 'disabled'],
  [flux, 'Disabled'],
  ['kapp.k14s.io/delete-strategy', 'orphan'],
])('%s: %s keeps an object', (name, value) => expect(keptBy(object(name, value))).toBe(name));

it('is said by a label too, as Flux reads it', () => expect(keptBy(object(flux, 'disabled', 'labels'))).toBe(flux));

it.each([
  ['cdk8s-serving/keep', 'false'],
  ['helm.sh/resource-policy', 'delete'],
  [argo, 'Prune=true'],
  [argo, 'NoPrune=false2'],
  [flux, 'enabled'],
])('%s: %s keeps nothing', (name, value) => expect(keptBy(object(name, value))).toBeUndefined());
