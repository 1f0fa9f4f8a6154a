import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { pinImages } from '../../lib/artifact/pin';
import { FakeRegistry, sha } from './fake-registry';

const MANIFEST = `# kept
apiVersion: apps/v1
kind: Deployment
metadata: { name: a }   # image: not/this:1
spec:
  template:
    spec:
      initContainers:
        - { name: i, image: "registry.test/init:1" }
      containers:
        - name: c
          image: registry.test/team/app:2 # why this one
        - name: pinned
          image: registry.test/team/app@sha256:${'0'.repeat(64)}
      volumes:
        - name: model
          image: { reference: registry.test/model:3, pullPolicy: IfNotPresent }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: b }
data:
  note: "image: registry.test/text:1"
  image: registry.test/data:1
---
{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"registry.test/team/app:2"}]}}
`;

it('writes digests behind the tags of images and image volumes, and leaves the rest as it is', async () => {
  const registry = new FakeRegistry();
  const body = Buffer.from('{"schemaVersion":2}');
  for (const tag of ['1', '2', '3']) registry.manifests.set(tag, { body, type: 'application/vnd.oci.image.index.v1+json' });
  const { exchange, clock } = registry;
  const options = { exchange, clock, env: {}, home: mkdtempSync(join(tmpdir(), 'home-')) };
  const pinned = await pinImages([{ path: 'a.yaml', content: Buffer.from(MANIFEST) }], options);
  const digest = sha(body);
  expect(String(pinned[0]?.content)).toBe(
    MANIFEST.replace('"registry.test/init:1"', `"registry.test/init:1@${digest}"`)
      .replace('image: registry.test/team/app:2 #', `image: "registry.test/team/app:2@${digest}" #`)
      .replace('registry.test/model:3', `"registry.test/model:3@${digest}"`)
      .replace('"registry.test/team/app:2"', `"registry.test/team/app:2@${digest}"`),
  );
  // A second time there is nothing to resolve.
  registry.log.length = 0;
  expect(await pinImages(pinned, options)).toEqual(pinned);
  expect(registry.log).toEqual([]);
  registry.manifests.clear();
  await expect(pinImages([{ path: 'a.yaml', content: Buffer.from(MANIFEST) }], options)).rejects.toThrow(
    /registry\.test\/init:1: there is no such artifact[\s\S]*registry\.test\/model:3: there/,
  );
});
