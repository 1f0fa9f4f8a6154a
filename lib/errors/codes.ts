/** What a code says about every problem that carries it; the error pages of the docs are made from this. */
export interface CodeInfo {
  /** What has happened, in a few words. */
  readonly title: string;
  /** Why it is refused. */
  readonly why: string;
}

/** Every code a problem can have. Each area keeps its own block, in the order in which a user meets them. */
export const CODES = {
  // usage
  USAGE: { title: 'The command was not understood', why: 'A flag, a name or an argument is unknown or missing.' },

  // client: kubeconfig, credentials, the API server's answers
  KUBECONFIG_MISSING: {
    title: 'No cluster is configured',
    why: 'Without a kubeconfig or a service account there is nobody to talk to.',
  },
  KUBECONFIG_INVALID: {
    title: 'The kubeconfig cannot be used',
    why: 'A file, a context, a cluster or a user in it is missing or malformed.',
  },
  AUTH_UNSUPPORTED: { title: 'The way to log in is not supported', why: 'To leave it out would act as somebody else.' },
  AUTH_PLUGIN_FAILED: {
    title: 'The credential plugin failed',
    why: 'It exited with an error or its answer was no ExecCredential.',
  },
  API_REFUSED: { title: 'The API server refused a request', why: 'Its own words say what is wrong with the object or the user.' },
  API_UNREACHABLE: {
    title: 'No answer from the API server',
    why: 'The connection was refused, broke off, or took longer than its deadline.',
  },
  KIND_NOT_SERVED: {
    title: 'The cluster does not know a kind',
    why: 'Its custom resource definition, or the API version, is not there.',
  },
} as const satisfies Record<string, CodeInfo>;

export type ProblemCode = keyof typeof CODES;
