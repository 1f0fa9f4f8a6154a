import type { k8s } from 'cdk8s-plus-28';

/**
 * The generated types spell some fields differently; manifests use the API's spelling.
 * @see https://github.com/cdk8s-team/cdk8s-plus
 */
interface Spelling {
  volumeId: 'volumeID';
  nonResourceUrLs: 'nonResourceURLs';
  scaleIo: 'scaleIO';
  downwardApi: 'downwardAPI';
  targetWwNs: 'targetWWNs';
  targetCpuUtilizationPercentage: 'targetCPUUtilizationPercentage';
  storagePolicyId: 'storagePolicyID';
  setHostnameAsFqdn: 'setHostnameAsFQDN';
  loadBalancerIp: 'loadBalancerIP';
  insecureSkipTlsVerify: 'insecureSkipTLSVerify';
  hostPid: 'hostPID';
  hostIpc: 'hostIPC';
  hostIp: 'hostIP';
  diskUri: 'diskURI';
  datasetUuid: 'datasetUUID';
  pdId: 'pdID';
  clusterIp: 'clusterIP';
  clusterIPs: 'clusterIPs';
  clientIp: 'clientIP';
}

/** A boxed value of the generated types, `Quantity` or `IntOrString`: its one field is `value`. */
type Boxed = k8s.Quantity | k8s.IntOrString;

/** A generated API type as written in a manifest: quantities, ports and dates are plain values, fields use the API's spelling. */
export type Written<T> = T extends Boxed
  ? [keyof T] extends ['value']
    ? string | number
    : WrittenFields<T>
  : T extends Date
    ? string
    : T extends readonly (infer Item)[]
      ? readonly Written<Item>[]
      : T extends object
        ? WrittenFields<T>
        : T;

type WrittenFields<T> = {
  readonly [K in keyof T as K extends keyof Spelling ? Spelling[K] : K]: Written<T[K]>;
};

/** Replaces fields with those of a newer API. */
type Newer<Old, Fields> = Omit<Old, keyof Fields> & Fields;

/** A lifecycle hook of a container. `sleep` needs Kubernetes 1.30. */
export type LifecycleHandler = Newer<
  Written<k8s.LifecycleHandler>,
  {
    /** A sleep by the kubelet itself. */
    readonly sleep?: { readonly seconds: number };
  }
>;

/** Hooks that run right after a container starts, and before it receives SIGTERM. */
export interface Lifecycle {
  /** Runs right after the container is created. */
  readonly postStart?: LifecycleHandler;
  /** Runs before the container receives SIGTERM. */
  readonly preStop?: LifecycleHandler;
  /** Signal that stops the container, Kubernetes 1.33. */
  readonly stopSignal?: string;
}

/** A container in the API's spelling. */
export type ContainerSpecFields = Newer<Written<k8s.Container>, { readonly lifecycle?: Lifecycle }>;

/** A volume source in the API's spelling: `{ emptyDir: {} }`, `{ persistentVolumeClaim: { claimName } }`. */
export type VolumeSource = Omit<Written<k8s.Volume>, 'name'> & {
  /** An OCI image as a volume, Kubernetes 1.35. */
  readonly image?: { readonly reference: string; readonly pullPolicy?: 'Always' | 'IfNotPresent' | 'Never' };
};

/** A resource claim for devices, `resource.k8s.io/v1`. */
export interface PodResourceClaim {
  readonly name: string;
  readonly resourceClaimName?: string;
  readonly resourceClaimTemplateName?: string;
}

/** A pod spec in the API's spelling. */
export type PodSpecFields = Newer<
  Written<k8s.PodSpec>,
  {
    /** Containers that run in parallel. */
    readonly containers: readonly ContainerSpecFields[];
    /** Containers that run first, one after the other. @default - none */
    readonly initContainers?: readonly ContainerSpecFields[];
    /** Volumes that containers can mount. @default - none */
    readonly volumes?: readonly ({ readonly name: string } & VolumeSource)[];
    /** Resource claims for devices, Kubernetes 1.34. @default - none */
    readonly resourceClaims?: readonly PodResourceClaim[];
    /** Resources of the pod as a whole, Kubernetes 1.34. @default - those of the containers */
    readonly resources?: Written<k8s.ResourceRequirements>;
  }
>;

/** A pod template in the API's spelling. */
export interface PodTemplateFields {
  readonly metadata?: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: PodSpecFields;
}

/** The rules of a role, in the API's spelling. */
export type PolicyRule = Written<k8s.PolicyRule>;
/** Compute resources in the API's spelling. */
export type ResourceFields = Written<k8s.ResourceRequirements>;
/** A probe in the API's spelling. */
export type ProbeFields = Written<k8s.Probe>;
/** A Service port in the API's spelling. */
export type ServicePortFields = Written<k8s.ServicePort>;

type Workload<Spec extends { readonly template: unknown }> = Newer<Written<Spec>, { readonly template: PodTemplateFields }>;

/** The specs of the kinds that constructs create, by kind. */
export interface SpecOf {
  Deployment: Workload<k8s.DeploymentSpec>;
  StatefulSet: Workload<k8s.StatefulSetSpec>;
  DaemonSet: Workload<k8s.DaemonSetSpec>;
  Job: Workload<k8s.JobSpec>;
  Service: Written<k8s.ServiceSpec>;
  Ingress: Written<k8s.IngressSpec>;
  HorizontalPodAutoscaler: Written<k8s.HorizontalPodAutoscalerSpecV2>;
  PodDisruptionBudget: Written<k8s.PodDisruptionBudgetSpec>;
  NetworkPolicy: Written<k8s.NetworkPolicySpec>;
  PersistentVolumeClaim: Written<k8s.PersistentVolumeClaimSpec>;
}
