import type { CodeInfo } from './code-info';

/** Artifacts in registries and output directories. */
export const ARTIFACT_CODES = {
  // artifacts in registries
  REFERENCE_INVALID: { title: 'A reference to an artifact is invalid', why: 'It has to name one artifact of one registry.' },
  REGISTRY_UNREACHABLE: {
    title: 'A registry cannot be reached',
    why: 'Only a trusted TLS connection is used; HTTP is accepted on this machine alone.',
  },
  REGISTRY_UNAVAILABLE: { title: 'A registry fails or limits requests', why: 'Several attempts with growing delays failed.' },
  REGISTRY_DENIED: { title: 'A registry denies access', why: 'The credentials are missing, wrong, or not allowed to do this.' },
  REGISTRY_REFUSED: { title: 'A registry refuses a request', why: 'The registry reports what it does not accept.' },
  REGISTRY_CREDENTIALS: {
    title: 'Registry credentials cannot be read',
    why: 'Ignoring them would access the registry as another user.',
  },
  ARTIFACT_MISSING: { title: 'There is no such artifact', why: 'The registry has no manifest for the tag or digest.' },
  ARTIFACT_INVALID: {
    title: 'An artifact is not acceptable',
    why: 'Its bytes do not match its digest, or its archive could write outside its directory.',
  },
  SIGNATURE_MISSING: {
    title: 'An artifact is not signed',
    why: 'A verification key was given, so only signed artifacts are accepted.',
  },
  SIGNATURE_INVALID: {
    title: 'No signature matches the key',
    why: 'Another key signed the artifact, or it was changed afterwards.',
  },
  SIGNATURE_REQUIRED: {
    title: 'A release takes signed artifacts only',
    why: 'Its environment names the key that has to have signed what is released; manifests from elsewhere prove nothing.',
  },
  SIGNING_KEY: {
    title: 'A signing or verification key is unusable',
    why: 'Signatures are ECDSA on P-256, as cosign makes them.',
  },
  OUTPUT_PATH: {
    title: 'A path leads out of the output directory',
    why: 'Files that are not rendered ones would be overwritten.',
  },
  INDEX_INVALID: { title: 'The index of the output directory is unusable', why: 'It decides which files synth may delete.' },
  OUTPUT_EXISTS: { title: 'The output directory is not empty', why: 'Pulled files would mix with other files.' },
} as const satisfies Record<string, CodeInfo>;
