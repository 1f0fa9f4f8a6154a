import { basename, dirname } from 'node:path';
import { GATES_FOLDER } from '../kube/contract';
import { readManifests } from '../manifests';
import type { Rule } from './model/rule';
import { REFERENCE_RULES } from './rules';
import { SCHEMA_RULES } from './rules/api-schema';
import { runRules } from './run-rules';

/** The parts of cdk8s-cli's validation context that this plugin uses. */
interface Context {
  readonly manifests: readonly string[];
  readonly report: {
    addViolation(violation: {
      readonly ruleName: string;
      readonly recommendation: string;
      readonly fix: string;
      readonly violatingResources: readonly {
        readonly resourceName: string;
        readonly locations: readonly string[];
        readonly manifestPath: string;
      }[];
    }): void;
    submit(status: 'success' | 'failure', metadata?: Readonly<Record<string, string>>): void;
  };
}

/** Properties of the plugin in `cdk8s.yaml`. */
export interface ServingValidationProps {
  readonly kubernetesVersion?: `1.${number}`;
  /** Externally installed hosts and objects. */
  readonly external?: readonly string[];
  /** Whether warnings also fail the synth. @default false */
  readonly strict?: boolean;
}

/**
 * The checks as a validation plugin of cdk8s-cli, for apps with any library:
 * `validations: [{ package: ./node_modules/cdk8s-serving/build/lib/checks, version: …, class: ServingValidation }]` in `cdk8s.yaml`.
 * It must be a path, because cdk8s-cli would install a package of another name.
 */
export class ServingValidation {
  readonly #props: ServingValidationProps;

  constructor(props: ServingValidationProps = {}) {
    this.#props = props;
  }

  /**
   * Checks the manifests of an app, directory by directory: an app that renders several environments gives each
   * stack a directory, and no cluster contains all of them.
   */
  async validate({ manifests, report }: Context): Promise<void> {
    const { strict = false, ...context } = this.#props;
    const groups = await Promise.all(byDirectory(manifests).map((paths) => readManifests(paths)));
    const rules: readonly Rule[] = [...SCHEMA_RULES, ...REFERENCE_RULES];
    const found = groups.flatMap(({ objects, files }) =>
      runRules(rules, objects, context).map((finding) => ({ ...finding, file: files.get(finding.object) ?? '' })),
    );
    const reported = found.filter(({ severity }) => strict || severity === 'error');
    const problems = groups.flatMap((group) => group.problems);
    const count = groups.reduce((sum, { objects }) => sum + objects.length, 0);
    for (const { rule, message, remedy, subject, path = '', file } of reported) {
      const resource = { resourceName: subject, locations: [path], manifestPath: file };
      report.addViolation({ ruleName: rule, recommendation: message, fix: remedy, violatingResources: [resource] });
    }
    for (const { message, remedy, subject } of problems) {
      const resource = { resourceName: subject, locations: [], manifestPath: subject };
      report.addViolation({
        ruleName: 'manifest-unreadable',
        recommendation: message,
        fix: remedy,
        violatingResources: [resource],
      });
    }
    report.submit(reported.length + problems.length === 0 ? 'success' : 'failure', { objects: String(count) });
  }
}

/** Manifests by directory; gates belong to the parent directory. */
function byDirectory(manifests: readonly string[]): readonly (readonly string[])[] {
  const directories = new Map<string, string[]>();
  for (const path of manifests) {
    const above = dirname(path);
    const directory = basename(above) === GATES_FOLDER ? dirname(above) : above;
    directories.set(directory, [...(directories.get(directory) ?? []), path]);
  }
  return [...directories.values()];
}
