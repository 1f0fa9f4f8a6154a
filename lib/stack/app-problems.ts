import { ApiObject, Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import type { CheckContext } from '../checks/model/context';
import type { Finding } from '../checks/model/rule';
import { REFERENCE_RULES } from '../checks/rules';
import { clusterSingleton, duplicateObject } from '../checks/rules/duplicate-object';
import { runRules } from '../checks/run-rules';
import { type KubeObject, keyOf } from '../kube/object';
import { hasSettings, type StackSettings, settingsOf } from './settings';

/** What a component of this library declares about externally installed objects. */
interface Declaring extends IConstruct {
  readonly externals: readonly string[];
}

/** Rules that compare all charts of an app. */
const BESIDE = [clusterSingleton, duplicateObject];
const INSIDE = REFERENCE_RULES.filter((rule) => !BESIDE.includes(rule));

/** Errors that checks find in an app: in each chart, and across charts. `app.synth()` refuses them, as `serving synth` does. */
export function appErrors(root: IConstruct, isComponent: (construct: IConstruct) => construct is Declaring): readonly Finding[] {
  const charts = root.node.findAll().filter((construct) => Chart.isChart(construct));
  const objects = new Map(charts.map((chart) => [chart, objectsOf(chart)]));
  const inside = charts.flatMap((chart) => {
    const all = chart.node.findAll();
    const components = all.filter(isComponent);
    // A chart without components is outside this library's scope.
    if (components.length === 0) return [];
    const findings = runRules(INSIDE, objects.get(chart) ?? [], contextOf(chart, components));
    // In a plain chart, the validation plugin checks objects added by others.
    const own = new Set(components.flatMap((component) => identitiesOf(component)));
    return hasSettings(chart) ? findings : findings.filter(({ object }) => own.has(keyOf(object)));
  });
  const everything = [...objects.values()].flat();
  const beside = BESIDE.flatMap((rule) => rule.check(everything));
  return [...inside, ...beside].filter(({ severity }) => severity === 'error');
}

/** Identities of the objects that a component renders. */
function identitiesOf(component: Declaring): readonly string[] {
  const objects = component.node.findAll().filter((construct) => ApiObject.isApiObject(construct));
  return objects.map((object) => keyOf(object.toJson() as KubeObject));
}

/** Objects of a chart, without those of nested charts. */
function objectsOf(chart: Chart): readonly KubeObject[] {
  const all = chart.node.findAll().filter((construct) => ApiObject.isApiObject(construct));
  return all.filter((object) => Chart.of(object) === chart).map((object) => object.toJson() as KubeObject);
}

/** A stack contains all its objects, except those declared as external; a plain chart may depend on objects elsewhere. */
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
