import type { Row } from './lifecycle';

/** Why directories are refused or fail, as a person has read it and agrees with. */
export interface Reason {
  readonly directories: readonly string[];
  readonly verdict: 'refused' | 'failed';
  readonly code: string;
  readonly why: string;
}

/** What was found out about the verdict on a directory. */
export function reasonFor({ name, verdict, why }: Row, reasons: readonly Reason[]): Reason | undefined {
  return reasons.find((one) => one.directories.includes(name) && one.verdict === verdict && one.code === why);
}

const WORDS: Readonly<Record<Row['verdict'], string>> = {
  released: 'released, updated, rolled back, uninstalled',
  refused: 'refused before any change',
  failed: 'failed to become ready, and rolled back',
  wrong: 'wrong',
  'not for kubectl': 'not accepted by kubectl either',
};

/** The results as a page of the docs. */
export function table(rows: readonly Row[], all: number, cluster: string, reasons: readonly Reason[]): string {
  const counts = (Object.keys(WORDS) as Row['verdict'][]).map((verdict) => {
    return `| ${WORDS[verdict]} | ${rows.filter((row) => row.verdict === verdict).length} |`;
  });
  const lines = rows.map((row) => {
    const { name, objects, verdict, why, kept, brought } = row;
    const reason = reasonFor(row, reasons);
    const parts = [
      why,
      reason?.why ?? '',
      brought.length > 0 ? `${brought.length} named as missing` : '',
      kept > 0 ? `${kept} kept and named` : '',
    ];
    const note = parts.filter((part) => part !== '').join('; ');
    return `| ${name.replaceAll('|', '')} | ${objects} | ${verdict} | ${note.replaceAll('|', '')} |`;
  });
  return `# Public manifests

Directories of manifests that others wrote (public charts, rendered, and examples of projects), on Kubernetes ${cluster} with simulated pods:
${rows.length} of ${all} directories. Each was applied, applied again (nothing to do, 0 writes by the audit log), applied with another image, rolled back and uninstalled.
After that, every object of every kind of the directory is as it was before, in the whole cluster, but for what the uninstall named. Secrets,
claims and classes that a plan named as missing were created for it. Not accepted means that \`kubectl apply --server-side --dry-run=server\` fails;
its first reason is in the table. A person has read each refusal and failure, and agrees with the reason. Made by
\`npm run public-corpus\`.

| result | directories |
|---|---:|
${counts.join('\n')}

| directory | objects | result | why |
|---|---:|---|---|
${lines.join('\n')}
`;
}
