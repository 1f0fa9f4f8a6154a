import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../harness/project';

/** Each attack that docs/security.md is about, and the test in which it is tried: a file, and a part of the test's title. */
const ATTACKS: readonly (readonly [attack: string, file: string, title: string])[] = [
  ['a journal that would create a ClusterRoleBinding', 'cluster/hostile-records', 'cannot have a ClusterRoleBinding created'],
  [
    'a journal that would create rights in the namespace',
    'cluster/hostile-records',
    'created without consent, which is asked for before',
  ],
  [
    'a journal that would delete objects of others',
    'cluster/hostile-records',
    'cannot have objects deleted that do not carry label',
  ],
  ['a finish phase without uid', 'cluster/hostile-records', 'without the uid of the live one'],
  [
    'a rollback to rights that were never released',
    'cluster/hostile-records',
    'cannot roll back to rights that were never released',
  ],
  ['a cached gate without thresholds', 'cluster/hostile-records', 'cannot put a gate without thresholds'],
  ['a record that says that nothing has changed', 'cluster/hostile-records', 'cannot pass off a change, or an edited object'],
  ['damaged records, null revisions, 400 MB behind 400 KB', 'cluster/hostile-records', 'cannot hide other releases from a list'],
  ['names of releases that collide', 'cluster/hostile-records', 'keeps releases apart whose names begin alike'],
  ['records that are lost, damaged or cut', 'cluster/hostile-records', 'can be made anew from live objects'],
  ['records without a valid signature', 'cluster/hostile-records', 'are refused when they are not signed'],
  ['a Lease that lasts for ever', 'cluster/hostile-records', 'cannot block a release with a Lease'],
  [
    'any record, then release, repair and uninstall',
    'slow/hostile/hostile',
    'as a record that releases, repairs and uninstalls start from',
  ],
  ['a pod with labels and owner of a gate Job', 'cluster/hostile-gates', 'is not taken from a pod that another user made'],
  ['numbers that a metric cannot have, no samples, no nonce', 'cluster/hostile-gates', 'is inconclusive with %s'],
  ['any report of a gate', 'slow/hostile/hostile', 'as the report of a gate'],
  ['a changed or foreign plan file', 'release/planning/plan-file', 'goes on only on its cluster, for its release'],
  ['any plan file', 'slow/hostile/hostile', 'as a plan file'],
  ['text that steers a terminal, GitHub or GitLab', 'cli/print/safe', 'print nothing that a terminal, GitHub or GitLab obeys'],
  ['text that is markup in Markdown and HTML', 'cli/print/safe', 'is no markup in Markdown and in pages'],
  [
    'commands of GitHub Actions in what a pod logs',
    'cli/print/safe',
    'adds no command to those that this tool gives GitHub Actions',
  ],
  ['credentials over plain http', 'client/credentials', 'to no server over plain http'],
  ['a plugin without an end', 'client/credentials', 'more than 1 MiB'],
  ['a plugin that is not installed', 'client/exec', 'are not installed'],
  ['a kubeconfig of somebody else in the place of the sandbox one', 'cli/rehearse', 'leaves a file alone that it did not make'],
  ['a link where a private file is written', 'cli/shared/private-file', 'writes for the owner alone'],
  ['an account of plans that writes', 'cluster/accounts', 'the one of plans shows the whole plan, and can write nothing'],
  ['an account with one right less', 'cluster/accounts', 'each is told which before a rollback and an uninstall'],
  ['names and index entries that lead out of dist', 'synth/dist', 'refuses the environment %j, before it writes'],
  ['an index that names files elsewhere', 'synth/dist', 'refuses an index that has %s'],
  ['links in dist', 'synth/dist', 'follows no link'],
  ['conflict markers in the index', 'synth/dist', 'merge conflict markers'],
  ['a synth that is killed', 'synth/replace-directory', 'leaves the old directory of each stack, the new one, or none'],
  ['a full disk', 'synth/replace-directory', 'when the disk is full'],
  ['a log line of 2.7 MB', 'release/commit', 'cuts what a pod or a server has said'],
  ['pipes, dangling links, directories called x.yaml', 'manifests/read', 'refuses what is no file'],
  ['sockets, files of 700 MB', 'manifests/read', 'refuses sockets, and files of 700 MB'],
  ['a terminal that is closed', 'cli/rehearse', "'SIGHUP'"],
  ['names that lead a request elsewhere', 'client/paths', 'leads nowhere with the name'],
  ['a plural or an API version that is a path', 'client/mapping', 'takes no plural that is'],
  ['templates that the API server quotes', 'cluster/field', 'without the template that the API server quotes'],
  ['directories that unfold, nest or never end', 'slow/hostile/hostile', 'files that unfold to more than memory holds'],
  ['an API server that answers nonsense', 'slow/hostile/hostile', 'as answers of the API server'],
  ['values of Secrets in broken files, annotations and answers', 'cli/planted-secrets', 'are in no plan, no plan file, no page'],
  ['values of variables in records, undo and rollback', 'release/secret-values', 'is in the record at no moment'],
  ['values of Secrets that a pod logs', 'release/secret-values', 'takes secret values out of what a pod has logged'],
  ['values of Secrets in answers of the API server', 'client/client', 'lets no value of a Secret into an error'],
  ['a reader of output that goes away', 'cli/command-line', 'ends quietly when nobody reads it'],
  ['packages that the lock file does not know', 'lock-file', 'has the digest of each package'],
  ['licenses that are left out', 'slow/package', 'has the licenses of what is bundled into it'],
];

it.each(ATTACKS)('%s is tried', (_attack, file, title) => {
  expect(readFileSync(join(ROOT, `test/${file}.test.ts`), 'utf8')).toContain(title);
});
