import { CODES } from '../errors/codes';
import { EXCEPTION_PREFIX } from '../kube/contract';
import { displayName, type KubeObject } from '../kube/object';
import type { CheckContext } from './model/context';
import type { Finding, Rule } from './model/rule';

const isRuleId = (id: string) => id.toUpperCase().replaceAll('-', '_') in CODES;

interface Waiver {
  readonly object: KubeObject;
  readonly key: string;
  readonly rule: string;
  readonly reason: string;
  readonly until?: string;
}

function waiversOf(object: KubeObject): readonly Waiver[] {
  return Object.entries(object.metadata.annotations ?? {}).flatMap(([key, value]) => {
    if (!key.startsWith(EXCEPTION_PREFIX)) return [];
    const until = /\(until (\d{4}-\d{2}-\d{2})\)\s*$/.exec(value)?.[1];
    const reason = value.replace(/\(until [^)]*\)\s*$/, '').trim();
    return [{ object, key, rule: key.slice(EXCEPTION_PREFIX.length), reason, ...(until === undefined ? {} : { until }) }];
  });
}

/**
 * Removes excepted findings, and adds findings about the exceptions themselves: unused, expired, or without
 * a reason. Those cannot be excepted.
 */
export function applyExceptions(
  findings: readonly Finding[],
  objects: readonly KubeObject[],
  context: CheckContext,
  rules: readonly Rule[],
): readonly Finding[] {
  // An exception to a rule that did not run may be needed; one to a rule that does not exist is not.
  const asked = (id: string) => !isRuleId(id) || rules.some((rule) => rule.id === id);
  const waivers = objects.flatMap(waiversOf).filter(({ rule }) => asked(rule));
  if (waivers.length === 0) return findings;
  const byPlace = new Map(waivers.map((waiver) => [waiver.object, new Map<string, Waiver>()]));
  for (const waiver of waivers) byPlace.get(waiver.object)?.set(waiver.rule, waiver);
  const used = new Set<Waiver>();
  const left = findings.filter((finding) => {
    const waiver = byPlace.get(finding.object)?.get(finding.rule);
    if (waiver !== undefined) used.add(waiver);
    return waiver === undefined || isExpired(waiver, context);
  });
  return [...left, ...waivers.flatMap((waiver) => complaint(waiver, used.has(waiver), context) ?? [])];
}

const isExpired = ({ until }: Waiver, { today }: CheckContext) => until !== undefined && today !== undefined && today > until;

function complaint(waiver: Waiver, used: boolean, context: CheckContext): Finding | undefined {
  const { object, key, reason, until } = waiver;
  const base = { object, subject: displayName(object), path: `metadata.annotations.${key}`, severity: 'error' } as const;
  if (!used) {
    const message = 'the exception matches no finding';
    return { ...base, rule: 'exception-unused', code: 'EXCEPTION_UNUSED', message, remedy: 'Remove the annotation.' };
  }
  if (isExpired(waiver, context)) {
    const remedy = 'Solve what was put off, or give a new date with a new reason.';
    return {
      ...base,
      rule: 'exception-expired',
      code: 'EXCEPTION_EXPIRED',
      message: 'the exception has expired',
      got: until,
      remedy,
    };
  }
  if (reason.length >= 10) return undefined;
  const message = 'the exception does not say why';
  const remedy = 'Write the reason, and (until 2026-12-31) behind it where it is for a time.';
  return {
    ...base,
    rule: 'exception-unreasoned',
    code: 'EXCEPTION_UNREASONED',
    message,
    got: reason,
    expected: 'a sentence',
    remedy,
  };
}
