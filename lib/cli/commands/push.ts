import type { Pushed } from '../../artifact';
import { ServingError } from '../../errors/problem';
import { printLine } from '../print/line';
import type { Output } from '../print/output';
import type { CommandModule } from '../shared/command';
import { outputOption } from '../shared/options';
import { runCommand } from '../shared/run';

/** `serving push`. */
export const push: CommandModule = {
  examples: [
    ['serving push dist/prod/fraud-model oci://registry.company.com/team/fraud-model:1.4.2', 'the same bytes for every release'],
    [
      'serving push dist/prod/fraud-model oci://registry.company.com/team/fraud-model:1.4.2 --pin --sign-key cosign.pem',
      'signed',
    ],
  ],
  register: (program) =>
    program
      .command('push')
      .description('push a rendered directory to an OCI registry, as one artifact with a digest')
      .argument('<directory>', 'directory of one stack, such as dist/prod/fraud-model')
      .argument('<reference>', 'oci://registry/repository:tag')
      .option('--pin', 'resolve image tags to digests')
      .option('--sign-key <file>', 'sign as cosign does, with an ECDSA P-256 key in PEM format')
      .option('--source <url>', 'source repository (default: remote origin of git)')
      .option('--revision <commit>', 'source revision (default: last commit of the directory)')
      .option('--created <time>', "creation time (default: that commit's)")
      .option('--ca-file <file>', 'certificate authority of the registry')
      .addOption(outputOption('text', 'json', 'ndjson'))
      .action((directory: string, reference: string, flags: PushFlags) =>
        runCommand(() => pushCommand(directory, reference, flags)),
      ),
};

/** Flags of `serving push`. */
interface PushFlags {
  readonly pin?: boolean;
  readonly signKey?: string;
  readonly caFile?: string;
  readonly source?: string;
  readonly revision?: string;
  readonly created?: string;
  readonly output?: Output;
}

async function pushCommand(directory: string, target: string, flags: PushFlags): Promise<number> {
  const artifacts = require('../../artifact/index') as typeof import('../../artifact');
  const { readManifests } = require('../../checks/index') as typeof import('../../checks');
  const reference = artifacts.parseReference(target);
  const files = artifacts.readDirectory(directory);
  const { objects, problems } = await readManifests([directory]);
  if (problems.length > 0) throw new ServingError(problems);
  const { signKey, pin = false, caFile } = flags;
  const key = signKey === undefined ? {} : { signKey: artifacts.readSigningKey(signKey, process.env.COSIGN_PASSWORD) };
  const registry = caFile === undefined ? {} : { caFile };
  const { unknown, ...found } = artifacts.provenanceOf(directory);
  const provenance = { ...found, ...given(flags) };
  if (provenance.revision === undefined && unknown !== undefined) {
    process.stderr.write(`warning: the artifact names no revision: ${unknown}. Pass --revision and --created.\n`);
  }
  const packed = pin ? await artifacts.pinImages(files, registry) : files;
  const annotations = artifacts.annotationsOf(objects, provenance);
  const pushed = await artifacts.pushArtifact(packed, reference, { ...registry, ...key, annotations });
  const name = artifacts.formatReference(pushed.reference);
  if (flags.output === 'json' || flags.output === 'ndjson') {
    const { uploaded, tagged, movedFrom, signed } = pushed;
    const { digest } = pushed.reference;
    printLine(JSON.stringify({ reference: name, digest, uploaded, tagged, movedFrom, signed, annotations }));
  } else printLine(`${name}  ${summary(pushed)}`);
  return 0;
}

function given({ source, revision, created }: PushFlags) {
  return {
    ...(source === undefined ? {} : { source }),
    ...(revision === undefined ? {} : { revision }),
    ...(created === undefined ? {} : { created: instant(created) }),
  };
}

/** RFC 3339 in UTC, for annotations. */
function instant(text: string): string {
  const time = Date.parse(text);
  if (/^\d{4}-\d\d-\d\dT/.test(text) && !Number.isNaN(time)) return new Date(time).toISOString().replace('.000Z', 'Z');
  const expected = 'a time such as 2026-11-28T09:30:00Z';
  const problem = {
    code: 'USAGE',
    subject: '--created',
    message: 'is not a time',
    got: text,
    expected,
    remedy: 'Correct it.',
  } as const;
  throw new ServingError([problem]);
}

function summary({ uploaded, tagged, movedFrom, signed }: Pushed): string {
  const parts = [
    tagged ? (movedFrom === undefined ? 'pushed' : `pushed, tag moved from ${movedFrom}`) : 'unchanged',
    ...(tagged && uploaded === 0 ? ['nothing uploaded'] : []),
    ...(signed ? ['signed'] : []),
  ];
  return parts.join(', ');
}
