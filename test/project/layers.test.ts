import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { layer } from '../../lib/project/layers';
import { scaling, stack } from '../../lib/project/schema/schema';

const schema = v.strictObject({
  ...stack,
  server: v.strictObject({ scaling, env: v.exactOptional(v.array(v.strictObject({ name: v.string(), value: v.string() }))) }),
  hosts: v.exactOptional(v.array(v.string())),
});

const merge = (...values: readonly unknown[]) =>
  layer(
    schema,
    values.map((value, index) => ({ name: `layer ${index}`, values: value })),
  );

describe('layers', () => {
  it('lay maps over each other key by key', () => {
    const { config } = merge({ namespace: 'a', labels: { team: 'x', tier: 'y' } }, { labels: { tier: 'z' } });
    expect(config).toEqual({ namespace: 'a', labels: { team: 'x', tier: 'z' } });
  });

  it('merge lists of named things by name and replace lists of plain values', () => {
    const below = {
      server: {
        env: [
          { name: 'A', value: '1' },
          { name: 'B', value: '2' },
        ],
      },
      hosts: ['a', 'b'],
    };
    const { config } = merge(below, { server: { env: [{ name: 'B', value: '3' }] }, hosts: ['c'] });
    expect(config).toEqual({
      server: {
        env: [
          { name: 'A', value: '1' },
          { name: 'B', value: '3' },
        ],
      },
      hosts: ['c'],
    });
  });

  it('replace a choice by another choice, and keep what both have', () => {
    const { config } = merge(
      { server: { scaling: { replicas: 1 } } },
      { server: { scaling: { autoscaling: { min: 2, max: 4, cpu: 70 } } } },
    );
    expect(config).toEqual({ server: { scaling: { autoscaling: { min: 2, max: 4, cpu: 70 } } } });
    const back = merge(config, { server: { scaling: { replicas: 3 } } });
    expect(back.config).toEqual({ server: { scaling: { replicas: 3 } } });
    const narrowed = merge(config, { server: { scaling: { autoscaling: { max: 9 } } } });
    expect(narrowed.config).toEqual({ server: { scaling: { autoscaling: { min: 2, max: 9, cpu: 70 } } } });
    const metric = merge(config, { server: { scaling: { autoscaling: { metric: { name: 'm', target: 1 } } } } });
    expect(metric.config).toEqual({ server: { scaling: { autoscaling: { min: 2, max: 4, metric: { name: 'm', target: 1 } } } } });
  });

  it('know which layer set each value, and forget what was replaced', () => {
    const { origins } = merge(
      { namespace: 'a', server: { scaling: { replicas: 1 } } },
      { server: { scaling: { autoscaling: { min: 2, max: 4, cpu: 70 } } } },
      { namespace: 'b' },
    );
    expect(Object.fromEntries(origins)).toEqual({
      namespace: 'layer 2',
      'server.scaling.autoscaling.min': 'layer 1',
      'server.scaling.autoscaling.max': 'layer 1',
      'server.scaling.autoscaling.cpu': 'layer 1',
    });
  });

  it('leave the layers as they were', () => {
    const below = { labels: { a: '1' } };
    merge(below, { labels: { b: '2' } });
    expect(below).toEqual({ labels: { a: '1' } });
  });
});
