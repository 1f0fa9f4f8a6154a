import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecConfig } from '../../lib/client';

/** A credential plugin in a folder, that notes its runs in the file `runs` there and then does as the shell lines say. */
export function pluginIn(dir: string, lines: string, more: Partial<ExecConfig> = {}): ExecConfig {
  const path = join(dir, 'plugin.sh');
  writeFileSync(path, `#!/bin/sh\necho "$KUBERNETES_EXEC_INFO" >> '${join(dir, 'runs')}'\n${lines}\n`);
  chmodSync(path, 0o755);
  const apiVersion = 'client.authentication.k8s.io/v1';
  return { apiVersion, command: './plugin.sh', dir, args: [], env: {}, interactive: false, ...more };
}

/** The shell line that prints an ExecCredential. */
export function answer(status: object, apiVersion = 'client.authentication.k8s.io/v1'): string {
  return `echo '${JSON.stringify({ kind: 'ExecCredential', apiVersion, status })}'`;
}
