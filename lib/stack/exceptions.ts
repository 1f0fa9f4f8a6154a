/** A rule of a linter that is wrong for one kind of object of a component. */
export interface Exception {
  readonly tool: 'kube-score' | 'checkov';
  /** The linter's own id of the rule: `container-image-pull-policy`, `CKV_K8S_43`. */
  readonly check: string;
  /** Kind of the object that is excepted. */
  readonly kind: string;
  /** Why the rule is wrong here, one sentence. */
  readonly reason: string;
}

/** Exceptions as the linters read them from an object's annotations. */
export function exceptionAnnotations(exceptions: readonly Exception[]): Record<string, string> {
  const score = exceptions.filter(({ tool }) => tool === 'kube-score').map(({ check }) => check);
  const checkov = exceptions.filter(({ tool }) => tool === 'checkov').map(({ check, reason }) => `${check}=${reason}`);
  return {
    ...(score.length === 0 ? {} : { 'kube-score/ignore': score.sort().join(',') }),
    ...Object.fromEntries(checkov.sort().map((text, index) => [`checkov.io/skip${index + 1}`, text])),
  };
}
