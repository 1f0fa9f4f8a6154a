/** The package version, as in package.json (a test compares them), without reading a file at run time. */
export const VERSION = '0.2.0';

/** How this client appears in the API server's audit log. */
export const USER_AGENT = `cdk8s-serving/${VERSION}`;
