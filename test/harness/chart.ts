import { ApiObject, App, Chart } from 'cdk8s';
import type { Problem } from '../../lib/errors/problem';
import type { KubeObject } from '../../lib/kube/object';
import type { ContainerResources } from '../../lib/kube/resources';
import { Component } from '../../lib/stack/component';

/** Resources for tests that are about something else. */
export const SMALL: ContainerResources = { requests: { cpu: '100m', memory: '64Mi' }, limits: { memory: '128Mi' } };

/** Renders what a function adds to a plain chart. */
export function inChart(build: (chart: Chart) => unknown): readonly KubeObject[] {
  const chart = new Chart(new App(), 'chart', { namespace: 'here' });
  build(chart);
  return chart.toJson() as readonly KubeObject[];
}

/** Renders what a function adds to a plain chart, without what would stop a synth. */
export function objectsIn(build: (chart: Chart) => unknown): readonly KubeObject[] {
  const chart = new Chart(new App(), 'chart', { namespace: 'here' });
  build(chart);
  const objects = chart.node.findAll().filter((construct) => ApiObject.isApiObject(construct));
  return objects.map((object) => object.toJson() as KubeObject);
}

/** What the components that a function adds report. */
export function problemsIn(build: (chart: Chart) => unknown): readonly Problem[] {
  const chart = new Chart(new App(), 'chart', { namespace: 'here' });
  build(chart);
  return chart.node.findAll().flatMap((construct) => (Component.isComponent(construct) ? construct.problems() : []));
}

/** Everything that comes of what a function adds, problems and objects alike, even where the problems would stop a synth. */
export function outcomeOf(build: (chart: Chart) => unknown): string {
  const chart = new Chart(new App(), 'chart', { namespace: 'here' });
  build(chart);
  const all = chart.node.findAll();
  const problems = all.flatMap((construct) => (Component.isComponent(construct) ? construct.problems() : []));
  return JSON.stringify([problems, all.filter((construct) => ApiObject.isApiObject(construct)).map((object) => object.toJson())]);
}
