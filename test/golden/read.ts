import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import type { KubeObject } from '../../lib/kube/object';
import { SHARED } from '../harness/cluster';

/** Whether the golden files stand beside the project. */
export const hasGolden: boolean = existsSync(join(SHARED, 'golden'));
if (!hasGolden) console.warn('SKIPPED: golden comparisons; they need ../shared/golden beside the project');

/** The objects of a golden file with one document per object. */
export function goldenObjects(path: string): readonly KubeObject[] {
  return parseAllDocuments(readFileSync(join(SHARED, 'golden', path), 'utf8')).map((document) => document.toJS() as KubeObject);
}

/** A golden file of another shape. */
export function goldenData<T>(path: string): T {
  return parse(readFileSync(join(SHARED, 'golden', path), 'utf8')) as T;
}
