import { ApiObject, Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import type { CheckContext } from '../checks/model/context';
import type { Finding } from '../checks/model/rule';
import { REFERENCE_RULES } from '../checks/rules';
import { clusterSingleton, duplicateObject } from '../checks/rules/duplicate-object';
import { runRules } from '../checks/run-rules';
import { type KubeObject, keyOf } from '../kube/object';
import { hasSettings, type StackSettings, settingsOf } from './settings';

/** What a component of this library declares about objects that others install. */
interface Declaring extends IConstruct {
  readonly externals: readonly string[];
}

/** Rules that look at all charts of an app beside each other. */
const BESIDE = [clusterSingleton, duplicateObject];
const INSIDE = REFERENCE_RULES.filter((rule) => !BESIDE.includes(rule));

/**
 * The errors that checks find in an app: each chart by itself, and all of them beside each other. A synth by `app.synth()` refuses them
 * as `serving synth` does.
 */
export function appErrors(root: IConstruct, isComponent: (construct: IConstruct) => construct is Declaring): readonly Finding[] {
  const charts = root.node.findAll().filter((construct) => Chart.isChart(construct));
  const objects = new Map(charts.map((chart) => [chart, objectsOf(chart)]));
  const inside = charts.flatMap((chart) => {
    const all = chart.node.findAll();
    const components = all.filter(isComponent);
    // A chart without a component is none of this library's business.
    if (components.length === 0) return [];
    const findings = runRules(INSIDE, objects.get(chart) ?? [], contextOf(chart, components));
    // In a plain chart, what others added is for the validation plugin to judge.
    const own = new Set(components.flatMap((component) => identitiesOf(component)));
    return hasSettings(chart) ? findings : findings.filter(({ object }) => own.has(keyOf(object)));
  });
  const everything = [...objects.values()].flat();
  const beside = BESIDE.flatMap((rule) => rule.check(everything));
  return [...inside, ...beside].filter(({ severity }) => severity === 'error');
}

/** The identities of the objects that a component renders. */
function identitiesOf(component: Declaring): readonly string[] {
  const objects = component.node.findAll().filter((construct) => ApiObject.isApiObject(construct));
  return objects.map((object) => keyOf(object.toJson() as KubeObject));
}

/** The objects of a chart, those of charts inside it left out. */
function objectsOf(chart: Chart): readonly KubeObject[] {
  const all = chart.node.findAll().filter((construct) => ApiObject.isApiObject(construct));
  return all.filter((object) => Chart.of(object) === chart).map((object) => object.toJson() as KubeObject);
}

/** A stack's objects are all there is, besides what is declared as installed by others; next to a plain chart's there may be more. */
function contextOf(chart: Chart, components: readonly Declaring[]): CheckContext {
  const settings: Partial<StackSettings> = hasSettings(chart) ? settingsOf(chart) : {};
  const { kubernetesVersion, nodes, external = [] } = settings;
  return {
    scope: hasSettings(chart) ? 'stack' : 'folder',
    external: [...external, ...components.flatMap(({ externals }) => externals)],
    ...(kubernetesVersion === undefined ? {} : { kubernetesVersion }),
    ...(nodes === undefined ? {} : { nodes }),
  };
}
