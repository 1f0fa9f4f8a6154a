import type { Component } from '../stack/component';
import type { ModelServer } from './model-server';

/**
 * Labels that select the pods of several servers at once. A single server uses its Service's selector; several get a label of the
 * component that joins them.
 */
export function poolSelector(owner: Component, servers: readonly ModelServer[]): Readonly<Record<string, string>> {
  const [first, ...others] = servers;
  if (first !== undefined && others.length === 0) return first.serviceLabels;
  const label = { [`cdk8s-serving/pool-${owner.appName}`.slice(0, 77)]: owner.resourceName };
  for (const server of servers) server.labelPods(label);
  return label;
}
