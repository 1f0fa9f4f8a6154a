import { at, textOrEmpty } from '../../kube/fields';
import { countAt } from '../readiness/fields';
import type { Finding } from './finding';

/** Registry responses that will not change on retry. */
const NOT_THERE =
  /not ?found|manifest unknown|name unknown|does not exist|invalid reference|no match for platform|no matching manifest/i;
const NOT_ALLOWED = /unauthorized|authentication required|no basic auth|denied|forbidden/i;
/** Similar but temporary responses: registry quotas, networks, timeouts. */
const PASSING =
  /too ?many ?requests|rate limit|timed? ?out|deadline exceeded|connection (refused|reset)|no such host|name is reserved|\b50[0234]\b/i;

/**
 * The fault of one container in a pod, or undefined while it is healthy.
 * @param said messages of the pod's events, latest first: some kubelets report the cause of a failed pull only there
 * @param crashes how many failures make a crash loop
 */
export function containerFault(container: unknown, said: readonly string[], crashes: number): Finding | undefined {
  const waiting = textOrEmpty(container, 'state', 'waiting', 'reason');
  const message = textOrEmpty(container, 'state', 'waiting', 'message');
  const image = textOrEmpty(container, 'image');
  switch (waiting) {
    case 'InvalidImageName':
    case 'ErrImageNeverPull':
      return { kind: 'failed', cause: { reason: 'ImageInvalid', message: message || `Image ${image} cannot be pulled` } };
    case 'ErrImagePull':
    case 'ImagePullBackOff':
      return pullFault(image, [message, ...said.filter((text) => /^Failed: .*pull/i.test(text))]);
    case 'CreateContainerConfigError':
    case 'CreateContainerError': {
      const kind = PASSING.test(message) ? 'progressing' : 'failed';
      return {
        kind,
        cause: { reason: waiting === 'CreateContainerError' ? 'ContainerError' : 'ConfigError', message: message || waiting },
      };
    }
    default:
      return crashFault(container, waiting === 'CrashLoopBackOff', crashes);
  }
}

function pullFault(image: string, texts: readonly string[]): Finding {
  const passing = texts.find((text) => PASSING.test(text));
  const missing = texts.find((text) => NOT_THERE.test(text));
  const refused = texts.find((text) => NOT_ALLOWED.test(text));
  // The latest message counts: a registry that was down may respond by now, and vice versa.
  const first = texts.find((text) => [passing, missing, refused].includes(text));
  if (first !== undefined && first !== passing) {
    const reason = first === missing ? 'ImageNotFound' : 'ImageForbidden';
    return { kind: 'failed', cause: { reason, message: `Image ${image}: ${first}` } };
  }
  return {
    kind: 'progressing',
    cause: { reason: 'ImagePull', message: `Image ${image}: ${passing ?? texts[0] ?? 'not pulled yet'}` },
  };
}

function crashFault(container: unknown, backingOff: boolean, crashes: number): Finding | undefined {
  const restarts = countAt(container, ['restartCount'], 0);
  const ended = at(container, 'state', 'terminated') ?? at(container, 'lastState', 'terminated');
  const exitCode = countAt(ended, ['exitCode'], 0);
  if (at(container, 'ready') === true || ended === undefined || (exitCode === 0 && !backingOff)) return undefined;
  // The first restart is immediate; a back-off means that it was not the first failure.
  const failures = at(container, 'state', 'terminated') !== undefined || (backingOff && restarts > 0) ? restarts + 1 : restarts;
  const reason = textOrEmpty(ended, 'reason') === 'OOMKilled' ? 'OOMKilled' : 'CrashLoop';
  const how = reason === 'OOMKilled' ? 'killed for using more memory than its limit' : `exit code ${exitCode}`;
  const message = `Container ${textOrEmpty(container, 'name')}: failures ${failures}, the last one ${how}`;
  const finished = textOrEmpty(ended, 'finishedAt');
  return {
    kind: failures >= crashes ? 'failed' : 'progressing',
    cause: { reason, message },
    ...(finished === '' ? {} : { since: finished }),
  };
}
