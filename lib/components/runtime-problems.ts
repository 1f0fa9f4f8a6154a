import type { Problem } from '../errors/problem';
import { absolutePath, count } from '../kube/forms';
import { parseImage } from '../kube/image';
import type { Runtime } from '../runtimes/runtime';

type Found = Omit<Problem, 'subject'>;

/** Problems with a runtime: its own, those of its facts, which users write as plain data, and of the image that it runs in. */
export function runtimeProblems(runtime: Runtime, image: string): readonly Found[] {
  const own = runtime.problems ?? [];
  return [...own, ...portProblems(runtime), ...directoryProblems(runtime), ...versionProblems(runtime, image)];
}

/** Users other than root may not listen below. */
const OPEN_PORT = count(1024, 65_535);

function portProblems({ ports }: Runtime): readonly Found[] {
  return Object.entries(ports).flatMap(([name, port]): readonly Found[] =>
    OPEN_PORT.fits(port)
      ? []
      : [
          {
            code: 'INVALID_VALUE',
            path: `runtime.ports.${name}`,
            message: 'the server does not run as root, and cannot listen on this port',
            got: port,
            expected: OPEN_PORT.expected,
            remedy: 'Let the server listen on a higher port; the port of its Service is servicePort.',
          },
        ],
  );
}

function directoryProblems({ writableDirectories = [] }: Runtime): readonly Found[] {
  return writableDirectories.flatMap((directory, index): readonly Found[] =>
    absolutePath.fits(directory)
      ? []
      : [
          {
            code: 'INVALID_VALUE',
            path: `runtime.writableDirectories[${index}]`,
            message: 'the value does not fit',
            got: directory,
            expected: absolutePath.expected,
            remedy: 'Correct the path.',
          },
        ],
  );
}

/** Images of the servers' own projects, whose tags begin with the server's version. */
const OWN_IMAGES: Readonly<Record<string, RegExp>> = {
  vllm: /(^|\/)vllm\/vllm-openai$/,
  sglang: /(^|\/)lmsysorg\/sglang$/,
  triton: /(^|\/)nvidia\/tritonserver$/,
  'tensorflow-serving': /(^|\/)tensorflow\/serving$/,
  mlserver: /(^|\/)seldonio\/mlserver$/,
  'ray-serve': /(^|\/)rayproject\/ray(-llm|-ml)?$/,
};

/** A runtime of another version than its image renders flags and series that the server does not have. */
function versionProblems({ name, version }: Runtime, image: string): readonly Found[] {
  const { repository, tag = '' } = parseImage(image);
  const inTag = /^v?(\d+\.\d+(?:\.\d+)?)(?=$|-)/.exec(tag)?.[1];
  if (version === undefined || inTag === undefined || OWN_IMAGES[name]?.test(repository) !== true) return [];
  if (`${version}.`.startsWith(`${inTag}.`) || `${inTag}.`.startsWith(`${version}.`)) return [];
  return [
    {
      code: 'INVALID_VALUE',
      path: 'runtime.version',
      message: `the image has another version of ${name}`,
      got: version,
      expected: inTag,
      remedy: 'Give the runtime and the image one version.',
    },
  ];
}
