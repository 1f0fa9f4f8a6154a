import { Chart } from 'cdk8s';
import type { Construct, IConstruct } from 'constructs';
import { formatProblem, type Problem } from '../errors/problem';
import { Component } from './component';
import { propProblems } from './prop-problems';
import { STACK_SHAPES } from './prop-shapes';
import { hasSettings, provideSettings, type StackSettings } from './settings';
import { refuseWrongTypes } from './wrong-types';

/** Properties for `ServingStack`. The release has the stack's name by default. */
export interface ServingStackProps extends Omit<StackSettings, 'release' | 'namespace'> {
  /** Namespace of all objects. */
  readonly namespace: string;
  /** Name of the release, and the first part of names. @default the stack's id */
  readonly release?: string;
}

/**
 * A chart with components that refer to each other and share these settings. It is one release, applied completely or not at all.
 * Never put the environment's name into its id, or its objects get other names in each environment.
 *
 * @example
 * const stack = new ServingStack(app, 'fraud', { namespace: 'team-fraud', imageRegistry: 'registry.company.com' });
 * new RedisCache(stack, 'redis');
 */
export class ServingStack extends Chart {
  /** Whether a construct is a stack, including one from another copy of this package. */
  static isStack(construct: IConstruct): construct is ServingStack {
    return Chart.isChart(construct) && hasSettings(construct);
  }

  /** Settings for all its components. */
  readonly settings: StackSettings;

  constructor(scope: Construct, id: string, props: ServingStackProps) {
    refuseWrongTypes('ServingStack', scope, id, props);
    super(scope, id, { namespace: props.namespace, disableResourceNameHashes: true });
    this.settings = { ...props, release: props.release ?? id };
    provideSettings(this, this.settings);
    this.node.addValidation({ validate: () => this.problems().map(formatProblem) });
  }

  /** Problems in its settings. */
  problems(): readonly Problem[] {
    return propProblems(this.settings, STACK_SHAPES).map((problem) => ({ subject: this.node.path, ...problem }));
  }

  /** All components, in insertion order. */
  get components(): readonly Component[] {
    return this.node.findAll().filter((construct) => Component.isComponent(construct));
  }
}
