/** Model-serving stacks as typed cdk8s constructs. This page is the whole public list of constructs and their types. */

export type { Testers } from './canary/strategy';
export {
  DisaggregatedServer,
  type DisaggregatedServerProps,
  type RoleProps,
  type RoutingSidecar,
} from './components/disaggregated-server';
export { DiscoveryRouter, type DiscoveryRouterProps } from './components/discovery-router';
export { FeatureProxy, type FeatureProxyProps } from './components/feature-proxy';
export { HttpService, type HttpServiceProps } from './components/http-service';
export { type EndpointPicker, InferencePool, type InferencePoolProps, type Scorers } from './components/inference-pool';
export { MetricsExporter, type MetricsExporterProps } from './components/metrics-exporter';
export { type CacheStorage, ModelCache, type ModelCacheProps } from './components/model-cache';
export {
  type ModelAndImage,
  ModelServer,
  type ModelServerOptions,
  type ModelServerProps,
  type PodShape,
} from './components/model-server';
export { Objectives, type ObjectivesProps, type ServerObjectives } from './components/objectives';
export { Preprocessor, type PreprocessorProps } from './components/preprocessor';
export { PrometheusAdapter, type PrometheusAdapterProps } from './components/prometheus-adapter';
export { type RayApplication, RayServer, type RayServerProps, type RayWorkers } from './components/ray-server';
export { RedisCache, type RedisCacheProps } from './components/redis-cache';
export { type ExternalRedis, externalRedis, type RedisEndpoint } from './components/redis-endpoint';
export { ResultQueue, type ResultQueueProps } from './components/result-queue';
export { type GatewayRef, Route, type RouteBackend, type RouteProps, type WeightedBackend } from './components/route';
export { SglangRouter, type SglangRouterProps } from './components/sglang-router';
export { ValidationHook, type ValidationHookProps } from './components/validation-hook';
export { type RoutingKinds, type RoutingLogic, VllmRouter, type VllmRouterProps } from './components/vllm-router';
export { CODES, type CodeInfo, type ProblemCode } from './errors/codes';
export { formatProblem, type Problem, ServingError } from './errors/problem';
export type {
  ContainerSpecFields,
  Lifecycle,
  LifecycleHandler,
  PodSpecFields,
  PolicyRule,
  VolumeSource,
  Written,
} from './kube/api-types';
export type { GatePhase, GateReport, Threshold, Thresholds } from './kube/contract';
export type { DeviceClaim, Devices, Gpu, MigSlice, SharedGpu, Tpu, Vendor } from './kube/devices';
export type { DurationLike, DurationText } from './kube/duration';
export type { PinnedImage, PinnedTag } from './kube/image';
export type { ClaimLike, ConfigMapLike, DeclaredSecret, SecretLike, SecretRef, ServiceAccountLike } from './kube/named';
export type { NodePool, NodeTaint } from './kube/nodes';
export type { Placement, SpotNodes, Toleration, TolerationTime } from './kube/placement';
export type { ContainerInput, Env, EnvValue, Mount, MountSource } from './kube/pod';
export type { HealthChecks, ProbeHandler, ProbeTiming } from './kube/probes';
export type { CpuQuantity, MemoryQuantity } from './kube/quantity';
export type { ContainerResources, ResourceAmounts } from './kube/resources';
export type { Capability, SecurityOptions } from './kube/security';
export type { Dataset } from './model/dataset';
export type { ModelConfig } from './model/memory-fit';
export {
  type BakedModel,
  type CachedModel,
  type ClaimModel,
  type DownloadModel,
  type FileModel,
  type HuggingFaceModel,
  Model,
  type ModelRepository,
  type ModelSource,
  type ObjectStoreModel,
  type OciImageModel,
  type VolumeModel,
} from './model/model';
export { type Drift, liveDrift } from './parity/live';
export { type Cell, type Matrix, parityMatrix, type Row } from './parity/matrix';
export { DELIVERY_AGENTS, type Delivery, type DeliveryAgent, type GitSource, type OciSource } from './project/delivery';
export type { Base, ClusterInfo, Environment, Overrides, Tier } from './project/environment';
export type { ExpectedDifference } from './project/expected-difference';
export { type ConfigOrigin, explainConfig } from './project/explain';
export {
  type ConfigsOf,
  defineProject,
  defineStack,
  environmentsIn,
  type Project,
  type StackContext,
  type StackDefinition,
} from './project/project';
export * as schema from './project/schema/schema';
export { workloadProps } from './project/schema/workload-props';
export { parseSetting, validateConfig } from './project/setting';
export { sourceLine, sourceLines } from './project/source-lines';
export { type BentomlOptions, bentoml } from './runtimes/bentoml';
export { type FlaskOptions, flask } from './runtimes/flask';
export { http } from './runtimes/http';
export { type HuggingFaceServerOptions, huggingFace } from './runtimes/hugging-face';
export { type LlamaCppOptions, llamaCpp } from './runtimes/llama-cpp';
export type { LoadSignal, RuntimeMetrics, ServerMetric } from './runtimes/metrics';
export { type MlserverOptions, mlserver } from './runtimes/mlserver';
export { type NimOptions, nim } from './runtimes/nim';
export { type OllamaOptions, ollama } from './runtimes/ollama';
export { type OpenvinoOptions, openvino } from './runtimes/openvino';
export { type RayServeOptions, rayServe } from './runtimes/ray-serve';
export type {
  CommandLine,
  GroupFacts,
  Runtime,
  RuntimeDrain,
  RuntimeMemory,
  RuntimePorts,
  ServerFacts,
} from './runtimes/runtime';
export { type SglangOptions, sglang } from './runtimes/sglang';
export { type TensorflowServingOptions, tensorflowServing } from './runtimes/tensorflow-serving';
export { type TextEmbeddingsOptions, textEmbeddings } from './runtimes/text-embeddings';
export { type TritonOptions, triton } from './runtimes/triton';
export { type VllmOptions, vllm } from './runtimes/vllm';
export { Component, type ComponentProps } from './stack/component';
export { externalHttp, type HttpEndpoint } from './stack/endpoint';
export type { Exception, RuleId } from './stack/exceptions';
export { type ExternalSecret, type ExternalSecretOptions, externalSecret } from './stack/external-secret';
export type { IngressProps } from './stack/ingress';
export type { Patch } from './stack/manifest';
export type { LatencyObjective, ServiceObjectives } from './stack/objectives';
export type { Role } from './stack/role';
export type {
  Autoscaling,
  KedaOptions,
  Scaling,
  ScalingBehavior,
  ScalingMetric,
  ScalingSpeed,
  Schedule,
  SignalScaling,
  ToZero,
} from './stack/scaling';
export type { ServiceOptions } from './stack/service-options';
export { ServingStack, type ServingStackProps } from './stack/serving-stack';
export type { StackSettings } from './stack/settings';
export {
  type BlueGreenOptions,
  blueGreen,
  type CanaryOptions,
  canary,
  type ErrorTarget,
  type LatencyTarget,
  type MeasureOptions,
  type PairsTarget,
  type QueryBounds,
  type QueryTarget,
  type ReleaseStrategy,
  type ShadowOptions,
  type StrategyOptions,
  shadow,
} from './stack/strategy';
export { Workload } from './stack/workload';
export type {
  ContainerSettings,
  Drain,
  ExtraPort,
  FrontProxy,
  InitContainer,
  PodOptions,
  PodSettings,
  Sidecar,
  WorkloadOptions,
  WorkloadProps,
} from './stack/workload-props';
export type { Difference } from './synth/dist';
export { explainField, type FieldOrigin } from './synth/explain-field';
export type { RenderedFile, RenderedStack, Selection } from './synth/render/render-stack';
export { renderProject } from './synth/render-project';
export { runAsApp } from './synth/run-as-app';
export { type SynthOptions, type SynthResult, synth } from './synth/synth';
