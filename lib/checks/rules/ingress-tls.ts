import { nearestName } from '../../errors/nearest';
import { listAt, textAt } from '../../kube/fields';
import { itemsAt } from '../inventory/inventory';
import { type Found, type Rule, rule } from '../model/rule';

/** Hosts with a certificate but no rule, and hosts served without one although other hosts have one. */
export const ingressTls: Rule = rule('INGRESS_TLS', 'error', 'List the same hosts under rules and under tls.', (all) =>
  all.ofKind('Ingress').flatMap((object) => {
    const tls = itemsAt(object, 'spec', 'tls');
    const secured = tls.flatMap((one, index) =>
      listAt(one, 'hosts').map((host, inner) => ({ host: String(host), path: `spec.tls[${index}].hosts[${inner}]` })),
    );
    const served = itemsAt(object, 'spec', 'rules').map((one, index) => ({
      host: textAt(one, 'host'),
      path: `spec.rules[${index}].host`,
    }));
    const names = served.flatMap(({ host }) => host ?? []);
    // A rule without a host serves all hosts, and tls without hosts covers all hosts in the rules.
    const open = served.length === 0 || served.some(({ host }) => host === undefined);
    const whole = tls.some((one) => listAt(one, 'hosts').length === 0);
    if (tls.length === 0 || open || whole) return [];
    const certificates = secured.map(({ host }) => host);
    const unserved = secured.filter(({ host }) => !names.some((name) => covers(host, name) || covers(name, host)));
    const unsecured = served.filter(({ host = '' }) => !certificates.some((certificate) => covers(certificate, host)));
    return [
      ...unserved.map(({ host, path }): Found => {
        const message = 'the host has a certificate, and no rule serves it';
        return { object, path, message, got: host, expected: names.join(', '), nearest: nearestName(host, names) };
      }),
      ...unsecured.map(({ host = '', path }): Found => {
        const message = 'the host is under no tls entry, so that clients get a certificate of another name';
        return { object, path, message, got: host, expected: certificates.join(', '), severity: 'warning' };
      }),
    ];
  }),
);

/** Whether a host or a wildcard domain covers a host. */
export function covers(host: string, other: string): boolean {
  return host === other || (host.startsWith('*.') && other.slice(other.indexOf('.')) === host.slice(1));
}
