import Module, { createRequire } from 'node:module';

/**
 * Lets cdk8s load its YAML parser only when somebody uses it. Loading it takes 24 of the 41 ms that cdk8s takes, and a synth prints its
 * manifests without it (lib/synth/yaml.ts). Nothing is changed for whoever does use it: the first access loads it.
 */
function deferYaml(): void {
  const own = createRequire(__filename);
  const path = createRequire(own.resolve('cdk8s')).resolve('yaml');
  if (own.cache[path] !== undefined) return;
  const real = (): object => {
    if (own.cache[path] === deferred) delete own.cache[path];
    return own(path) as object;
  };
  const deferred = new Module(path);
  deferred.filename = path;
  deferred.loaded = true;
  deferred.exports = new Proxy(
    {},
    {
      // Asked by the import helper of compiled code, which then takes the module as it is.
      get: (_target, name) => (name === '__esModule' ? true : Reflect.get(real(), name)),
      has: (_target, name) => Reflect.has(real(), name),
    },
  );
  own.cache[path] = deferred;
}

deferYaml();
