/**
 * Settings of a component's Service.
 * @see https://kubernetes.io/docs/concepts/services-networking/service/
 */
export interface ServiceOptions {
  /**
   * - `ClusterIP`: an address inside the cluster
   * - `LoadBalancer`: an address of a load balancer too; the NetworkPolicy lets its clients in
   * - `NodePort`: a port of every node too, also open to all clients
   * @default 'ClusterIP'
   */
  readonly type?: 'ClusterIP' | 'LoadBalancer' | 'NodePort';
  /**
   * Why clients outside the cluster connect without an Ingress or a Gateway. The exception is declared for checks and linters.
   * @default - the checks warn about every type but `ClusterIP`
   */
  readonly reason?: string;
  /** Annotations, such as those that make a cloud's load balancer internal. @default - none */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Implementation of the load balancer. @default - the cluster's default */
  readonly loadBalancerClass?: string;
  /** Clients of the load balancer, as address ranges such as `10.0.0.0/8`. @default - all */
  readonly sourceRanges?: readonly `${string}/${number}`[];
  /** `Local` keeps the clients' addresses, and sends requests only to nodes with pods. @default 'Cluster' */
  readonly externalTrafficPolicy?: 'Cluster' | 'Local';
  /** Address families. @default 'SingleStack' */
  readonly ipFamilyPolicy?: 'SingleStack' | 'PreferDualStack' | 'RequireDualStack';
  /** Address families in order of preference. @default - the cluster's */
  readonly ipFamilies?: readonly ('IPv4' | 'IPv6')[];
  /** `ClientIP` sends the requests of one address to one pod. @default 'None' */
  readonly sessionAffinity?: 'None' | 'ClientIP';
  /** `PreferClose` prefers pods in the client's zone; needs Kubernetes 1.31. @default - any pod */
  readonly trafficDistribution?: 'PreferClose';
}
