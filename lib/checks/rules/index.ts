import type { Rule } from '../model/rule';
import { addressForm } from './address-form';
import { autoscalerMetric, autoscalerRequests } from './autoscaler-metrics';
import { certificateMismatch } from './certificate';
import { commandInvalid } from './command';
import { configNotNoticed } from './config-change';
import { danglingAccount, unusedAccount } from './dangling-account';
import { addressPort, danglingAddress } from './dangling-address';
import { autoscalerCollision, danglingAutoscaler, replicasWithAutoscaler } from './dangling-autoscaler';
import { danglingEndpoints } from './dangling-endpoints';
import { danglingIngress, ingressWithoutPath } from './dangling-ingress';
import { danglingMonitor, scrapePort } from './dangling-monitor';
import { danglingClaim, danglingConfigMap, danglingSecret, missingKey } from './dangling-reference';
import { danglingRole, danglingSubject, wildcardRights } from './dangling-role';
import { danglingService } from './dangling-service';
import { drainMissing, graceTooShort, progressDeadline, releaseTimeout } from './deadlines';
import { budgetBlocks, budgetCollision, budgetMissing, danglingBudget } from './disruption-budget';
import { duplicateEnv } from './duplicate-env';
import { clusterSingleton, duplicateObject } from './duplicate-object';
import { claimNotShared, quotaExceeded, rolloutInfeasible, weightsTooLarge } from './feasible';
import { fileMissing } from './file-missing';
import { modeDecimal } from './file-mode';
import { listenerInvalid, routeUnattached } from './gateway';
import { accountToken, exposedService, sshPort, writableRoot } from './hardening';
import { hookUnknown } from './hook';
import { imageInvalid, resourcesMissing, unpinnedImage } from './image';
import { inferenceInvalid } from './inference';
import { ingressCollision } from './ingress-collision';
import { ingressTls } from './ingress-tls';
import { gateInvalid, gateRetries, hookStays, jobStays } from './job';
import { dataTooLarge, templateLeft } from './leftovers';
import { limitExceeded } from './limit-range';
import { livenessGenerates } from './liveness-generates';
import { nameTooLong } from './name-too-long';
import { danglingPolicy, policyBlocks, policyMissing, policyWithoutDns } from './network-policy';
import { devicesMismatch, sharedMemoryRule } from './parallelism';
import { plainSecret, secretInManifest } from './plain-secret';
import { podSecurityRule } from './pod-security';
import { portTaken } from './port-taken';
import { probePort } from './probe-port';
import { livenessWithoutStartup, probeMissing, probesIdentical } from './probes';
import { quantityUnlikely } from './quantities';
import { readOnlyCache } from './read-only-cache';
import { revisionNotPinned } from './revision-not-pinned';
import { rightsUnknown } from './rights';
import { scheduleNever } from './schedule';
import { schedulingSelector } from './scheduling';
import { schedulingImpossible } from './scheduling-keys';
import { selectorOverlap } from './selector-overlap';
import { seriesUnknown } from './series-unknown';
import { serverMismatch } from './server';
import { serviceLinks } from './service-links';
import { servicePort } from './service-port';
import { spreadingMissing } from './spreading';
import { livenessTooEarly, startupTooShort } from './startup-time';
import { statefulService } from './stateful-service';
import { valueUnlikely } from './values';
import { variableUndefined } from './variables';
import { volumeAboveLimit, volumeMedium } from './volume-size';

/** Rules that compare objects with each other. */
export const REFERENCE_RULES: readonly Rule[] = [
  danglingAccount,
  unusedAccount,
  danglingAddress,
  addressPort,
  danglingAutoscaler,
  replicasWithAutoscaler,
  autoscalerCollision,
  autoscalerRequests,
  autoscalerMetric,
  danglingEndpoints,
  danglingIngress,
  ingressWithoutPath,
  danglingMonitor,
  scrapePort,
  danglingConfigMap,
  danglingSecret,
  danglingClaim,
  missingKey,
  danglingSubject,
  danglingRole,
  wildcardRights,
  danglingService,
  graceTooShort,
  drainMissing,
  progressDeadline,
  releaseTimeout,
  danglingBudget,
  budgetBlocks,
  budgetCollision,
  budgetMissing,
  duplicateEnv,
  duplicateObject,
  clusterSingleton,
  writableRoot,
  accountToken,
  exposedService,
  sshPort,
  imageInvalid,
  unpinnedImage,
  resourcesMissing,
  ingressCollision,
  jobStays,
  hookStays,
  gateInvalid,
  gateRetries,
  templateLeft,
  dataTooLarge,
  nameTooLong,
  danglingPolicy,
  policyBlocks,
  policyWithoutDns,
  policyMissing,
  plainSecret,
  secretInManifest,
  podSecurityRule,
  probePort,
  livenessWithoutStartup,
  probeMissing,
  probesIdentical,
  livenessGenerates,
  revisionNotPinned,
  seriesUnknown,
  selectorOverlap,
  serviceLinks,
  servicePort,
  spreadingMissing,
  statefulService,
  rolloutInfeasible,
  claimNotShared,
  quotaExceeded,
  weightsTooLarge,
  quantityUnlikely,
  devicesMismatch,
  sharedMemoryRule,
  variableUndefined,
  valueUnlikely,
  addressForm,
  schedulingSelector,
  portTaken,
  volumeAboveLimit,
  livenessTooEarly,
  startupTooShort,
  ingressTls,
  readOnlyCache,
  modeDecimal,
  hookUnknown,
  volumeMedium,
  certificateMismatch,
  commandInvalid,
  configNotNoticed,
  fileMissing,
  listenerInvalid,
  routeUnattached,
  inferenceInvalid,
  limitExceeded,
  rightsUnknown,
  scheduleNever,
  schedulingImpossible,
  serverMismatch,
];
