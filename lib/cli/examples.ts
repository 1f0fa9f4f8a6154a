/** What each command is for, as commands that work in the project itself; shown by `--help`, run by the tests. */
export const EXAMPLES: Readonly<Record<string, readonly (readonly [command: string, what: string])[]>> = {
  serving: [
    ['serving synth', 'render every stack for every environment'],
    ['serving rehearse dist/staging/fraud-model', 'see releases of one on a cluster in memory'],
    ['serving plan dist/staging/fraud-model', 'see what a release would change'],
    ['serving apply dist/staging/fraud-model', 'release it'],
  ],
  synth: [
    ['serving synth', 'all stacks, all environments'],
    ['serving synth --env prod --stack fraud-model', 'one of them'],
    ['serving synth --set model.version=v2.2.0-rc2 --stack fraud-model', 'with another value'],
    ['serving synth --check', 'in CI: exit with 2 when dist is not current'],
  ],
  check: [
    ['serving check dist/prod/fraud-model', 'a rendered stack'],
    ['serving check dist/prod -R --strict', 'fail on warnings too'],
    ['serving check dist/prod/fraud-model --external redis-prod-svc', 'a host that others run'],
  ],
  graph: [
    ['serving graph dist/prod/ml-serving-stack', 'as Mermaid, for Markdown'],
    ['serving graph dist/prod/ml-serving-stack --output svg --to wiring.svg', 'as a picture'],
  ],
  parity: [
    ['serving parity', 'what differs between the environments'],
    ['serving parity --stack fraud-model --output markdown', 'for a pull request'],
  ],
  explain: [
    ['serving explain prod model.version --stack fraud-model', 'where a value of the config comes from'],
    ['serving explain staging Deployment/fraud-model:spec.replicas', 'what a field follows from'],
  ],
  init: [
    ['serving init ../churn-model', 'a project in a new folder, with a stack of that name'],
    ['serving init ../models --name churn-model', 'with another name'],
  ],
  exceptions: [['serving exceptions', 'every exception, with its reason']],
  set: [
    ['serving set fraud-model staging model.version v2.2.0-rc2', 'change one value in environments/staging.ts'],
    ['serving set fraud-model staging server.scaling.replicas 3 --dry-run', 'only show the change'],
  ],
  rehearse: [
    ['serving rehearse dist/staging/fraud-model', 'install, upgrade, failures, rollback'],
    ['serving rehearse dist/staging/fraud-model --fail image', 'one failure'],
  ],
  sandbox: [
    ['serving sandbox --kubeconfig sandbox.kubeconfig', 'then, elsewhere: KUBECONFIG=sandbox.kubeconfig'],
    ['serving sandbox --fail v2.2.0-rc3=gate v2.2.0-rc4=image', 'with versions that fail'],
  ],
  plan: [
    ['serving plan dist/prod/fraud-model', 'exit with 2 when there are differences'],
    ['serving plan dist/prod/fraud-model --output markdown --no-exit-code', 'for a pull request'],
    ['serving plan dist/prod/fraud-model --output html --to plan.html', 'as a page, with the wiring and the history'],
    ['serving plan dist/prod/fraud-model --save plan.json', 'to apply exactly this later'],
  ],
  apply: [
    ['serving apply dist/prod/fraud-model', 'all of it or none of it'],
    ['serving apply dist/prod/fraud-model --timeout 20m', 'with a limit'],
    ['serving apply plan.json', 'a plan that was saved'],
  ],
  rollback: [
    ['serving rollback fraud-model -n team-fraud-prod', 'to the good revision before'],
    ['serving rollback fraud-model -n team-fraud-prod --to 3', 'to a certain one'],
  ],
  uninstall: [['serving uninstall fraud-model -n team-fraud-dev --yes', 'without being asked']],
  history: [
    ['serving history fraud-model -n team-fraud-prod', 'a line per revision'],
    ['serving history fraud-model -n team-fraud-prod --output html --to history.html', 'as a page, with charts of the gates'],
    ['serving history fraud-model -n team-fraud-prod --revision 4', 'why it failed, with the evidence'],
  ],
  status: [['serving status fraud-model -n team-fraud-prod', 'what is deployed, how every object is doing']],
  list: [['serving list --all-namespaces', 'every release in the cluster']],
  manifest: [['serving manifest fraud-model -n team-fraud-prod --revision 3', 'as it was applied then']],
  completion: [
    ['source <(serving completion bash)', 'for this shell; in ~/.bashrc for all'],
    ['serving completion zsh > "$fpath[1]/_serving"', 'zsh'],
    ['serving completion fish > ~/.config/fish/completions/serving.fish', 'fish'],
  ],
};

/** The examples of a command as they stand below its help. */
export function examplesText(command: string): string {
  const examples = EXAMPLES[command] ?? [];
  if (examples.length === 0) return '';
  const width = Math.max(...examples.map(([line]) => line.length));
  const lines = examples.map(([line, what]) => `  ${line.padEnd(width)}  ${what}`);
  return `\nExample${examples.length === 1 ? '' : 's'}:\n${lines.join('\n')}`;
}
