/** The package's version, as it stands in package.json (a test compares them), without a file to be read at run time. */
export const VERSION = '0.2.0';

/** What the API server's audit log shows of this client. */
export const USER_AGENT = `cdk8s-serving/${VERSION}`;
