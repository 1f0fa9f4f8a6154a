import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Base, type Image, sampleImages } from './images';
import { addPackages, emptyRoot } from './rootfs';

/** Builds images and loads them onto a cluster's real node. Bases are built once; images with the same base share it. */
export function buildImages(
  images: readonly Image[],
  { tool, cluster }: { readonly tool: string; readonly cluster: string },
): void {
  const work = mkdtempSync(join(tmpdir(), 'serving-images-'));
  try {
    const bases = new Map<string, string>();
    for (const { name, base, entrypoint, env = {}, fill } of images) {
      const key = JSON.stringify(base);
      const filled = bases.get(key) ?? filledBase(base, join(work, `base-${bases.size}`), tool);
      bases.set(key, filled);
      const root = join(work, 'root');
      cpSync(filled, root, { recursive: true, verbatimSymlinks: true });
      fill(root);
      const entry = entrypoint === undefined ? [] : ['--entrypoint', JSON.stringify(entrypoint)];
      const variables = Object.entries(env).flatMap(([variable, value]) => ['--env', `${variable}=${value}`]);
      const options = ['--workdir', '/app', '--user', '65532:65532', ...entry, ...variables];
      execFileSync(tool, [name, root, ...options, '--cluster', cluster], { stdio: 'pipe' });
      rmSync(root, { recursive: true });
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function filledBase({ packages, node }: Base, root: string, tool: string): string {
  emptyRoot(root);
  if (node) execFileSync(tool, ['--node-base', root], { stdio: 'pipe' });
  // After Node.js, so that its libraries are those of the packages.
  if (packages === undefined) execFileSync(tool, ['--busybox-base', root], { stdio: 'pipe' });
  else addPackages(root, packages, `${root}-downloads`);
  return root;
}

// node build/apps/images/build.js IMAGE_TOOL CLUSTER_DIR
if (require.main === module) {
  const [tool = '../shared/cluster/image', cluster = '/tmp/serving-cluster'] = process.argv.slice(2);
  buildImages(sampleImages(), { tool, cluster });
}
