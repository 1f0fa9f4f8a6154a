import { isObj } from '../../api-schema/json';
import type { ListType, Type } from '../../api-schema/types';
import type { Obj, Value } from '../../kube/fields';
import { entryType, itemStep, shapeOf } from './shape';

/** Merges the configuration into the live value; nothing is removed. */
export function mergeConfig(live: Value | undefined, config: Value | undefined, type: Type): Value | undefined {
  if (config === undefined) return live;
  if (live === undefined || live === null || config === null) return config;
  const shape = shapeOf(type, config);
  if (shape.is === 'fields' && isObj(live) && isObj(config)) {
    const result: Obj = { ...live };
    for (const name in config) {
      const value = mergeConfig(live[name], config[name], entryType(shape.type, name));
      if (value !== undefined) result[name] = value;
    }
    return result;
  }
  if (shape.is === 'items' && Array.isArray(live) && Array.isArray(config)) return mergeItems(live, config, shape.type);
  return config;
}

/** Items of the configuration in its order; items only in the live list keep their neighbors. */
function mergeItems(live: readonly Value[], config: readonly Value[], type: ListType): Value[] {
  const liveSteps = live.map((item) => itemStep(type, item));
  const configSteps = config.map((item) => itemStep(type, item));
  const liveByStep = new Map(live.map((item, i) => [liveSteps[i] ?? '', item]));
  const configured = new Set(configSteps);
  const shared = configSteps.filter((step) => liveByStep.has(step));
  const result: Value[] = [];
  let next = 0;
  let l = 0;
  let c = 0;
  while (l < live.length || c < config.length) {
    const liveStep = liveSteps[l];
    const configStep = configSteps[c];
    const isShared = liveStep !== undefined && configured.has(liveStep);
    if (liveStep !== undefined && configStep !== undefined && liveStep !== configStep && isShared && shared[next] !== liveStep) {
      l++; // comes later, in the configuration's position
    } else if (liveStep !== undefined && !isShared) {
      const item = live[l++];
      if (item !== undefined) result.push(item);
    } else if (configStep !== undefined) {
      const merged = mergeConfig(liveByStep.get(configStep), config[c], type.item);
      if (merged !== undefined) result.push(merged);
      if (shared[next] === configStep) next++;
      if (liveStep === configStep) l++;
      c++;
    } else {
      l++;
    }
  }
  return result;
}
