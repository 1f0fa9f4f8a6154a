import type { Deviation, Place } from '../harness/golden';
import { valueAt } from '../harness/golden';

const CLEAN: Readonly<Record<string, string>> = {
  'fraud-model-fraud-model': 'fraud-model',
  'fraud-model-fraud-model-pre-upgrade-validate': 'fraud-model-pre-upgrade-validate',
  'my-model-my-model-chart': 'my-model',
  'my-model-my-model-chart-model': 'my-model-model',
};

const hashed = (name: string) => new RegExp(`^${name}-[0-9a-z]{6,16}$`);
const container = ({ path }: Place) => /containers\[name=([^\]]+)\]/.exec(path)?.[0] ?? '';

/** What `deviations.yaml` allows, as code; a test holds the ids against that file. Which of them a naming may use is its own list. */
export function deviations(
  naming: 'clean' | 'helm-compat',
  files: 'fraud-model' | 'my-model' | 'serving-stack',
  imageTag?: string,
): readonly Deviation[] {
  const names = (golden: unknown) => {
    const name = String(golden);
    return naming === 'clean' ? (CLEAN[name] ?? name) : name;
  };
  const all: readonly (Deviation & { readonly when?: boolean })[] = [
    {
      id: 'replicas-owned-by-autoscaler',
      applies: ({ kind, path }) => kind === 'Deployment' && path === 'spec.replicas',
      accepts: ({ rendered, object, objects }) =>
        rendered === undefined &&
        objects.some(
          ({ kind, spec }) => kind === 'HorizontalPodAutoscaler' && valueAt(spec, 'scaleTargetRef.name') === object.metadata.name,
        ),
    },
    {
      id: 'startup-probe-instead-of-delays',
      applies: ({ kind, path }) => kind === 'Deployment' && /(readinessProbe|livenessProbe)\.initialDelaySeconds$/.test(path),
      accepts: (place) => {
        const probe = valueAt(place.object, `spec.template.spec.${container(place)}.startupProbe`) as
          | { readonly periodSeconds: number; readonly failureThreshold: number }
          | undefined;
        return (
          place.rendered === undefined &&
          probe !== undefined &&
          probe.periodSeconds * probe.failureThreshold >= Number(place.golden)
        );
      },
    },
    {
      id: 'managed-by',
      applies: ({ path }) => /^metadata\.(labels|annotations)\.app\.kubernetes\.io\/managed-by$/.test(path),
      accepts: ({ path, rendered }) => (path.includes('annotations') && rendered === undefined) || rendered === 'cdk8s-serving',
    },
    {
      id: 'chart-label',
      applies: ({ path }) => /^metadata\.(labels|annotations)\.helm\.sh\/chart$/.test(path),
      accepts: ({ path, rendered }) => rendered === undefined && (naming === 'clean' || path.includes('annotations')),
    },
    {
      id: 'content-hash-names',
      applies: ({ kind, path }) =>
        (['Job', 'ConfigMap'].includes(kind) && path === 'metadata.name') || /volumes.*configMap\.name$/.test(path),
      accepts: ({ golden, rendered }) => hashed(names(golden)).test(String(rendered)) && String(rendered).length <= 63,
    },
    {
      id: 'gate-annotations',
      applies: ({ kind, path }) => kind === 'Job' && path === 'metadata.annotations',
      accepts: ({ rendered }) => /^(before|candidate)$/.test(String(valueAt(rendered, '["cdk8s-serving/gate"]'))),
    },
    {
      id: 'model-version-single-source',
      applies: ({ kind, path }) => ['Deployment', 'Job'].includes(kind) && /env\[name=MODEL_PATH\]\.value$/.test(path),
      accepts: ({ rendered }) => rendered === `/models/fraud/${imageTag}/model.pt`,
    },
    {
      id: 'version-label-follows-image',
      when: files === 'my-model',
      applies: ({ path }) => path === 'metadata.labels.app.kubernetes.io/version',
      accepts: ({ rendered }) => rendered === 'v1.0.0',
    },
    {
      id: 'clean-names',
      when: naming === 'clean',
      applies: ({ path, golden }) =>
        (/(^metadata\.name|\.name)$/.test(path) && CLEAN[String(golden)] !== undefined) ||
        (golden === 'my-model-chart' && /app\.kubernetes\.io\/name$/.test(path)),
      accepts: ({ golden, rendered }) => rendered === (golden === 'my-model-chart' ? 'my-model' : names(golden)),
    },
    {
      id: 'wired-addresses',
      when: files === 'serving-stack',
      applies: ({ kind, path }) =>
        kind === 'Deployment' && /containers\[name=fraud-model\]\.env\[name=FEATURE_SERVER_URL\]/.test(path),
      accepts: ({ rendered }) => rendered === 'http://team-fraud-stack-feature-store-proxy:8081',
    },
    // Filled roles are looked at by the tests of the stack; no golden field of theirs is compared.
    { id: 'own-third-party-objects', when: files === 'serving-stack', applies: () => false, accepts: () => false },
  ];
  return all.filter(({ when = true }) => when);
}
