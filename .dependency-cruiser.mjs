/** Rules for imports, checked by `npm run check`. Templates of `serving init` belong to other projects. */
export default {
  forbidden: [
    { name: 'no-cycle', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-folder-cycle', severity: 'error', scope: 'folder', from: {}, to: { circular: true } },
    {
      name: 'no-test-in-lib',
      severity: 'error',
      from: { path: '^lib' },
      to: { path: '^(test|apps|environments)/' },
    },
    {
      name: 'kube-is-the-ground',
      comment: 'What everybody imports imports nothing but errors.',
      severity: 'error',
      from: { path: '^lib/(kube|errors)/' },
      to: { path: '^lib/', pathNot: '^lib/(kube|errors)/' },
    },
    {
      name: 'nothing-imports-the-command-line',
      severity: 'error',
      from: { path: '^lib/', pathNot: '^lib/cli/' },
      to: { path: '^lib/cli/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^lib/init/template' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
  },
};
