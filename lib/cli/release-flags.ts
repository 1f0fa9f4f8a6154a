import type { Output } from './print/output';

/** What the cluster commands understand, as commander hands it over. Durations are in milliseconds. */
export interface Flags {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace?: string;
  readonly release?: string;
  readonly output: Output | 'markdown' | 'html';
  readonly timeout?: number;
  readonly lockWait?: number;
  readonly onFailure?: 'undo' | 'keep';
  readonly createNamespace?: boolean;
  readonly allowReplace?: boolean;
  readonly adopt?: boolean;
  readonly pruneData?: boolean;
  readonly recursive?: boolean;
  readonly ignoreCapacity?: boolean;
  readonly take?: readonly string[];
  readonly yield?: readonly string[];
  readonly historyLimit?: number;
  readonly exitCode?: boolean;
  readonly save?: string;
  /** Of a rollback: the revision. Of what prints: a file. */
  readonly to?: number | string;
  readonly revision?: number;
  readonly allNamespaces?: boolean;
  readonly yes?: boolean;
}
