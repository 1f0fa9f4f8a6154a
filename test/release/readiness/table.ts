import { expect, it } from 'vitest';
import { parse } from 'yaml';
import type { KubeObject } from '../../../lib/kube/object';
import { readinessOf, type StatusContext } from '../../../lib/release/readiness';

/** An object of a kind; `yaml` is laid over it. All have generation 1 unless they say otherwise (null: none). A key may be given twice; the last one counts. */
export function objectOf(apiVersion: string, kind: string, yaml = ''): KubeObject {
  const { metadata, ...rest } = (parse(yaml, { uniqueKeys: false }) ?? {}) as { metadata?: { generation?: number } };
  const all = { name: 'test', namespace: 'qual', generation: 1, ...metadata };
  const { generation, ...others } = all;
  return { apiVersion, kind, metadata: generation === null ? others : all, ...rest };
}

/** `[case, manifest, 'InProgress LessReady', message?, context?]` */
export type Row = readonly [name: string, yaml: string, expected: string, message?: string | undefined, context?: StatusContext];

/** One test for each row: status and reason, and the message where the row has one. */
export function rows(apiVersion: string, kind: string, table: readonly Row[]): void {
  for (const [name, yaml, expected, message, context] of table) {
    it(name, () => {
      const result = readinessOf(objectOf(apiVersion, kind, yaml), context);
      expect(`${result.status} ${result.reason}`).toBe(expected.includes(' ') ? expected : `${expected} ${result.reason}`);
      expect(result.message).not.toBe('');
      if (message !== undefined) expect(result.message).toBe(message);
    });
  }
}
