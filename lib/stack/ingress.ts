import type { Problem } from '../errors/problem';
import type { SpecOf } from '../kube/api-types';
import { nameOf, type SecretLike } from '../kube/named';
import { isPattern } from '../kube/path-pattern';

/** Ingress settings. Host and path belong together, so a rule without a path cannot be written. */
export interface IngressProps {
  /** Host name, without a scheme. */
  readonly host: string;
  /** Secret with the host's certificate. @default - no TLS */
  readonly tlsSecretName?: SecretLike;
  /** IngressClass. @default - the cluster's default class */
  readonly className?: string;
  /** Path of the server. @default '/' */
  readonly path?: `/${string}`;
  /** @default 'Prefix' */
  readonly pathType?: 'Prefix' | 'Exact' | 'ImplementationSpecific';
  /** Annotations for the ingress controller. @default - none */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Renders the spec of an Ingress with one host. @see https://kubernetes.io/docs/concepts/services-networking/ingress/ */
export function ingressSpec(props: IngressProps, service: string, port: number): SpecOf['Ingress'] {
  const { host, tlsSecretName, className, path = '/', pathType = 'Prefix' } = props;
  return {
    ...(className === undefined ? {} : { ingressClassName: className }),
    ...(tlsSecretName === undefined ? {} : { tls: [{ hosts: [host], secretName: nameOf(tlsSecretName) }] }),
    rules: [{ host, http: { paths: [{ path, pathType, backend: { service: { name: service, port: { number: port } } } }] } }],
  };
}

/** A pattern where the API has a plain path: the controller would wait for requests of that very text. */
export function ingressProblems(props: IngressProps): readonly Omit<Problem, 'subject'>[] {
  const { path = '/', pathType = 'Prefix' } = props;
  if (pathType === 'ImplementationSpecific' || !isPattern(path)) return [];
  return [
    {
      code: 'INVALID_VALUE',
      path: 'ingress.path',
      message: `a path of type ${pathType} is no regular expression`,
      got: path,
      expected: 'a path such as /v1',
      remedy: "Write the plain path, or take the type 'ImplementationSpecific' with your controller's annotation for patterns.",
    },
  ];
}
