import { readFileSync } from 'node:fs';
import type { Engine } from '../../release';
import type { Flags } from './release-options';

/** Adds the Prometheus and credentials from the flags to the engine; unchanged without them. */
export function withMetrics(engine: Engine, flags: Flags): Engine {
  const { prometheusUrl: url, prometheusTokenFile: tokenFile, prometheusCert, prometheusKey, prometheusCa } = flags;
  if (url === undefined) return engine;
  const { prometheus } = require('../../release') as typeof import('../../release');
  const pem = (file: string | undefined, field: string) => (file === undefined ? {} : { [field]: readFileSync(file, 'utf8') });
  const auth = {
    ...(tokenFile === undefined ? {} : { tokenFile }),
    ...pem(prometheusCert, 'cert'),
    ...pem(prometheusKey, 'key'),
  };
  return { ...engine, metrics: (address) => prometheus(address, engine.api, { url, auth, ...pem(prometheusCa, 'ca') }) };
}
