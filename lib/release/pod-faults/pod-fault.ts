import { at, listAt, textOrEmpty } from '../../kube/fields';
import type { KubeObject } from '../../kube/object';
import { condition } from '../readiness/fields';
import { containerFault } from './container-fault';
import { eventsAbout, firstTimeOf, runsOf, textOf } from './evidence';
import type { Cause, Finding, Limits } from './finding';

/** The kubelet retries such a mount, and it fails until the object exists. */
const MISSING_VOLUME = /(secret|configmap) "[^"]+" not found|references non-existent (secret|config) key/i;

/** A PVC that no controller is about to create: PVCs of generic ephemeral volumes are reported with other words. */
const MISSING_CLAIM = /(^|: )persistentvolumeclaim "[^"]+" not found/i;
const CLAIM_GRACE_MS = 1_000;

const NO_HOST = /no such host/i;
const UNKNOWN_HOST_MS = 60_000;

/**
 * Why a single pod, such as a candidate's, can never start. Undefined while it still may.
 * @param crashes how many failures of a container make a crash loop. Default: 2
 */
export function definiteFault(pod: KubeObject, events: readonly KubeObject[], now: number, crashes = 2): Cause | undefined {
  const fault = podFault(pod, events, { now, appliedAt: 0, crashes, schedulingMs: Number.POSITIVE_INFINITY, quotaMs: 0 });
  return fault?.kind === 'failed' ? fault.cause : undefined;
}

/** What prevents a pod of the new template from becoming ready, or undefined when it is ready. */
export function podFault(pod: KubeObject, events: readonly KubeObject[], limits: Limits): Finding | undefined {
  const about = eventsAbout(events, pod);
  const said = about.map(textOf);
  const found = (finding: Finding, container?: unknown): Finding => ({
    since: textOrEmpty(pod, 'status', 'startTime') || `${pod.metadata.creationTimestamp}`,
    ...finding,
    evidence: {
      pod: pod.metadata.name,
      ...(container === undefined ? {} : runsOf(container)),
      events: said.slice(0, 5),
      ...finding.evidence,
    },
  });
  const event = (reason: RegExp) => about.find((one) => reason.test(textOrEmpty(one, 'reason')));
  const progressing = (reason: string, message: string): Finding => found({ kind: 'progressing', cause: { reason, message } });

  // Neither is the pod's fault, and its controller replaces it.
  if (
    condition(pod, 'DisruptionTarget')?.status === 'True' ||
    /^(Evicted|Preempting|NodeLost|NodeShutdown|Shutdown|Terminated)$/.test(textOrEmpty(pod, 'status', 'reason'))
  ) {
    return progressing(
      'Evicted',
      textOrEmpty(pod, 'status', 'message') || condition(pod, 'DisruptionTarget')?.message || 'Evicted',
    );
  }
  if (textOrEmpty(pod, 'status', 'phase') === 'Succeeded' || condition(pod, 'Ready')?.status === 'True') return undefined;

  const scheduled = condition(pod, 'PodScheduled');
  if (scheduled?.status === 'False') return found(unscheduled(pod, scheduled, event, limits));
  const containers = [...listAt(pod, 'status', 'initContainerStatuses'), ...listAt(pod, 'status', 'containerStatuses')];
  const faults = containers.flatMap((container) => {
    const fault = containerFault(container, said, limits.crashes);
    return fault === undefined ? [] : [found(fault, container)];
  });
  const worst = faults.find(({ kind }) => kind === 'failed') ?? faults[0];
  if (worst !== undefined) return hostFault(worst, about, limits.now) ?? worst;
  const mount = event(/^FailedMount$/);
  const creating = containers.length === 0 || containers.some((container) => at(container, 'state', 'waiting') !== undefined);
  if (creating && mount !== undefined) {
    const missing = MISSING_VOLUME.test(textOrEmpty(mount, 'message'));
    return found({
      kind: missing ? 'failed' : 'progressing',
      cause: { reason: missing ? 'VolumeMissing' : 'Volume', message: textOrEmpty(mount, 'message') },
    });
  }
  if (creating && event(/^(Pulling|Pulled|Created|Started)$/) === event(/^Pulling$/) && event(/^Pulling$/) !== undefined) {
    return progressing('PullingImage', textOrEmpty(event(/^Pulling$/), 'message'));
  }
  const gate = listAt(pod, 'spec', 'readinessGates').find(
    (one) => condition(pod, textOrEmpty(one, 'conditionType'))?.status !== 'True',
  );
  if (gate !== undefined && condition(pod, 'ContainersReady')?.status === 'True') {
    return progressing('ReadinessGate', `Waiting for ${textOrEmpty(gate, 'conditionType')}`);
  }
  if (creating) return progressing('Starting', 'Containers are being created');
  const probe = event(/^Unhealthy$/);
  return progressing('NotReady', probe === undefined ? 'Running, not ready' : textOrEmpty(probe, 'message'));
}

/** The verdict on a registry host that DNS has not resolved for a minute: the name is then usually wrong. */
function hostFault(fault: Finding, about: readonly KubeObject[], now: number): Finding | undefined {
  if (fault.cause.reason !== 'ImagePull' || !NO_HOST.test(fault.cause.message)) return undefined;
  const times = about.filter((event) => NO_HOST.test(textOrEmpty(event, 'message'))).map(firstTimeOf);
  const began = Math.min(...[...times, Date.parse(fault.since ?? '')].filter((time) => time > 0));
  return now - began < UNKNOWN_HOST_MS
    ? undefined
    : { ...fault, kind: 'failed', cause: { ...fault.cause, reason: 'RegistryUnknown' } };
}

function unscheduled(
  pod: KubeObject,
  { reason, message, since }: { readonly reason: string; readonly message: string; readonly since: string },
  event: (reason: RegExp) => KubeObject | undefined,
  { now, schedulingMs }: Limits,
): Finding {
  if (reason === 'SchedulingGated')
    return { kind: 'progressing', cause: { reason, message: message || 'Held back by a scheduling gate' }, since };
  if (MISSING_CLAIM.test(message)) {
    // The scheduler may see a pod a moment before the PVC created for it.
    const age = now - (Date.parse(since) || Date.parse(`${pod.metadata.creationTimestamp}`) || now);
    return { kind: age >= CLAIM_GRACE_MS ? 'failed' : 'progressing', cause: { reason: 'ClaimMissing', message }, since };
  }
  // The autoscaler's latest event; a node on its way gets all the time it needs.
  const word = event(/^(TriggeredScaleUp|Nominated|NotTriggerScaleUp)$/);
  const said = word === undefined ? '' : `; ${textOf(word)}`;
  if (word !== undefined && textOrEmpty(word, 'reason') !== 'NotTriggerScaleUp') {
    return { kind: 'progressing', cause: { reason: 'ScalingUp', message: `${message}${said}` }, since };
  }
  const began = since || `${pod.metadata.creationTimestamp}`;
  const kind = now - (Date.parse(began) || now) >= schedulingMs ? 'stalled' : 'progressing';
  return { kind, cause: { reason: 'Unschedulable', message: `${message || 'No node has room for it'}${said}` }, since: began };
}
