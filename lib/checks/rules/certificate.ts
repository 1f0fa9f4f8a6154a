import { nearestName } from '../../errors/nearest';
import { fieldsAt, listAt, textAt } from '../../kube/fields';
import { displayName, type KubeObject } from '../../kube/object';
import { type Inventory, itemsAt, namespaceOf } from '../inventory/inventory';
import { type Found, type Rule, rule } from '../model/rule';
import { covers } from './ingress-tls';

/** A Certificate of cert-manager that does not serve the hosts, the Secret or the issuer it is meant for. */
export const certificateMismatch: Rule = rule(
  'CERTIFICATE_MISMATCH',
  'error',
  'Let the Certificate, the tls entry and the issuer name the same Secret, hosts and issuer.',
  (all) => [
    ...all.ofKind('Ingress').flatMap((object) => inIngress(all, object)),
    ...all.ofKind('Certificate').flatMap((object) => issuerOf(all, object)),
  ],
);

const isCertificate = ({ apiVersion }: KubeObject) => apiVersion.startsWith('cert-manager.io/');

function inIngress(all: Inventory, object: KubeObject): readonly Found[] {
  const annotations = fieldsAt(object, 'metadata', 'annotations');
  const made = ['cert-manager.io/cluster-issuer', 'cert-manager.io/issuer', 'kubernetes.io/tls-acme'].some(
    (key) => annotations[key] !== undefined,
  );
  const certificates = all.ofKind('Certificate').filter((one) => isCertificate(one) && namespaceOf(one) === namespaceOf(object));
  return itemsAt(object, 'spec', 'tls').flatMap((tls, index): readonly Found[] => {
    const secret = textAt(tls, 'secretName');
    const hosts = listAt(tls, 'hosts').filter((host) => typeof host === 'string');
    const names = (one: KubeObject) => [...listAt(one, 'spec', 'dnsNames').map(String), textAt(one, 'spec', 'commonName') ?? ''];
    const own = certificates.find((one) => textAt(one, 'spec', 'secretName') === secret);
    if (secret === undefined) return [];
    if (own !== undefined) {
      const bare = hosts.find((host) => !names(own).some((name) => covers(name, host)));
      const message = `${displayName(own)} does not cover the host`;
      return bare === undefined
        ? []
        : [
            {
              object,
              path: `spec.tls[${index}].hosts`,
              message,
              got: bare,
              expected: names(own)
                .filter((name) => name !== '')
                .join(', '),
            },
          ];
    }
    // Another Certificate for exactly these hosts writes another Secret.
    const other = certificates.find((one) => hosts.length > 0 && hosts.every((host) => names(one).includes(host)));
    if (made || other === undefined || all.has('Secret', namespaceOf(object), secret)) return [];
    const message = `${displayName(other)} writes the certificate of these hosts into another Secret`;
    return [
      {
        object,
        path: `spec.tls[${index}].secretName`,
        message,
        got: secret,
        expected: textAt(other, 'spec', 'secretName') ?? '',
      },
    ];
  });
}

/** An issuer that is almost spelled like one of the folder. */
function issuerOf(all: Inventory, object: KubeObject): readonly Found[] {
  const { name, kind = 'Issuer' } = fieldsAt(object, 'spec', 'issuerRef');
  if (!isCertificate(object) || typeof name !== 'string' || (kind !== 'Issuer' && kind !== 'ClusterIssuer')) return [];
  const there =
    kind === 'Issuer' ? all.namesOf('Issuer', namespaceOf(object)) : all.ofKind(kind).map(({ metadata }) => metadata.name);
  if (there.length === 0 || there.includes(name)) return [];
  const nearest = nearestName(name, there);
  return [
    {
      object,
      path: 'spec.issuerRef.name',
      message: `there is no such ${kind}`,
      got: name,
      nearest,
      severity: nearest === undefined ? 'warning' : 'error',
    },
  ];
}
