import { at, textOrEmpty } from '../../kube/fields';
import type { KubeObject } from '../../kube/object';
import { countAt } from '../readiness/fields';

/** The basis of a verdict, as the cluster reported it. */
export interface Evidence {
  readonly pod?: string;
  readonly container?: string;
  /** Exit code of the last finished run. */
  readonly exitCode?: number;
  /** Why the last run ended: `Error`, `OOMKilled`. */
  readonly lastState?: string;
  readonly restarts?: number;
  /** Messages of its events, latest first: `FailedMount: secret "x" not found`. */
  readonly events: readonly string[];
}

/** The events about an object, latest first; none from before `since` (milliseconds). */
export function eventsAbout(events: readonly KubeObject[], object: KubeObject, since = 0): readonly KubeObject[] {
  const about = events.filter((event) => {
    const { uid } = object.metadata;
    return uid === undefined
      ? textOrEmpty(event, 'involvedObject', 'name') === object.metadata.name
      : textOrEmpty(event, 'involvedObject', 'uid') === uid;
  });
  return about.filter((event) => timeOf(event) >= since).sort((a, b) => timeOf(b) - timeOf(a));
}

/** Events by the uid of their object. */
export function eventsByUid(events: readonly KubeObject[]): ReadonlyMap<string, readonly KubeObject[]> {
  const found = new Map<string, KubeObject[]>();
  for (const event of events) {
    const uid = textOrEmpty(event, 'involvedObject', 'uid');
    const there = found.get(uid);
    if (there === undefined) found.set(uid, [event]);
    else there.push(event);
  }
  return found;
}

/** When an event last happened, in milliseconds; 0 when it has no time. */
export function timeOf(event: KubeObject): number {
  const times = [
    textOrEmpty(event, 'series', 'lastObservedTime'),
    textOrEmpty(event, 'lastTimestamp'),
    textOrEmpty(event, 'eventTime'),
  ];
  return Date.parse(times.find((time) => time !== '') ?? `${event.metadata.creationTimestamp}`) || 0;
}

/** When an event first happened, in milliseconds; 0 when it has no time. */
export function firstTimeOf(event: KubeObject): number {
  return Date.parse(textOrEmpty(event, 'firstTimestamp')) || timeOf(event);
}

/** `FailedMount: secret "x" not found`. */
export const textOf = (event: KubeObject): string => `${textOrEmpty(event, 'reason')}: ${textOrEmpty(event, 'message')}`;

/** The same evidence, as facts about a container's runs. */
export function runsOf(container: unknown): Pick<Evidence, 'container' | 'exitCode' | 'lastState' | 'restarts'> {
  const ended = at(container, 'state', 'terminated') ?? at(container, 'lastState', 'terminated');
  const exitCode = countAt(ended, ['exitCode'], undefined);
  return {
    container: textOrEmpty(container, 'name'),
    restarts: countAt(container, ['restartCount'], 0),
    ...(ended === undefined ? {} : { lastState: textOrEmpty(ended, 'reason') }),
    ...(exitCode === undefined ? {} : { exitCode }),
  };
}
