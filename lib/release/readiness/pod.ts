import { listAt, textOrEmpty } from '../../kube/fields';
import type { KubeObject } from '../../kube/object';
import { condition } from './fields';
import { current, failed, inProgress, type Status } from './result';

/**
 * Ready, or completed. Two cases differ from kstatus intentionally: a failed pod has failed, and an unschedulable one stays in
 * progress indefinitely, because a node may be on its way; the verdict decides how long to wait for it.
 */
export function podStatus(object: KubeObject): Status {
  const phase = textOrEmpty(object, 'status', 'phase');
  const ready = condition(object, 'Ready');
  const scheduled = condition(object, 'PodScheduled');
  const containers = listAt(object, 'status', 'containerStatuses');
  switch (phase) {
    case '':
      return inProgress('PodNotObserved', 'The kubelet has not reported it yet');
    case 'Succeeded':
      return current('Succeeded', 'PodSucceeded');
    case 'Failed':
      return failed(textOrEmpty(object, 'status', 'reason') || 'PodFailed', textOrEmpty(object, 'status', 'message') || 'Failed');
    case 'Pending':
      if (scheduled?.status === 'False') return inProgress('PodNotScheduled', scheduled.message || 'Not scheduled');
      return inProgress('PodPending', `Started: 0/${listAt(object, 'spec', 'containers').length}`);
    case 'Running': {
      if (ready?.status === 'True') return current('Ready', 'PodReady');
      const looping = containers.filter(
        (container) => textOrEmpty(container, 'state', 'waiting', 'reason') === 'CrashLoopBackOff',
      );
      const names = looping.map((container) => textOrEmpty(container, 'name')).join(', ');
      if (looping.length > 0) return failed('ContainerCrashLooping', `Crash looping: ${names}`);
      return inProgress('PodRunningNotReady', ready?.message || 'Running, not ready');
    }
    default:
      return { status: 'Unknown', reason: 'PodPhaseUnknown', message: `Phase: ${phase}` };
  }
}
