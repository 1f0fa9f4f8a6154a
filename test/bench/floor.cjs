// The floor of an install: the same objects applied 32 at a time over one connection, then a watch until all Deployments are
// available. No plan, no dry run, no record.
//   node test/bench/floor.cjs FILE NAMESPACE | --delete NAMESPACE
const { readFileSync } = require('node:fs');
const { setTimeout: sleep } = require('node:timers/promises');
const { parseAllDocuments } = require('yaml');
const { connect } = require('../../build/lib/release/index.js');

async function main([file, namespace]) {
  const api = await connect();
  const own = { apiVersion: 'v1', kind: 'Namespace', name: namespace };
  if (file === '--delete') {
    await api.remove(own);
    while (await api.get(own)) await sleep(200);
    return;
  }
  await api.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  const objects = parseAllDocuments(readFileSync(file, 'utf8'))
    .map((document) => document.toJS())
    .filter((object) => object !== null);
  const deployments = objects.filter(({ kind }) => kind === 'Deployment').length;
  const stop = new AbortController();
  const ready = new Promise((resolve, reject) => {
    const open = async () => {
      const available = new Set();
      for await (const event of api.watch({ apiVersion: 'apps/v1', kind: 'Deployment', namespace }, stop.signal)) {
        if (event.type === 'put' && event.object.status?.availableReplicas === event.object.spec.replicas) {
          available.add(event.object.metadata.name);
        }
        if (available.size === deployments) return resolve();
      }
    };
    open().catch(reject);
  });
  const queue = objects.map((object) => ({ ...object, metadata: { ...object.metadata, namespace } }));
  const lane = async () => {
    for (let object = queue.shift(); object !== undefined; object = queue.shift()) await api.apply(object);
  };
  await Promise.all(Array.from({ length: 32 }, lane));
  await ready;
  stop.abort();
  await api.close();
}

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
