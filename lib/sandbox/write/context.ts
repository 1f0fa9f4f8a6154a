/** Who writes and how. */
export interface WriteContext {
  /** The name in `managedFields`. */
  readonly manager: string;
  readonly dryRun: boolean;
  /** Empty, `status` or `scale`. */
  readonly subresource: string;
  /** The sandbox's own controllers: what they write is valid and complete already. */
  readonly trusted?: boolean;
}

/** The context of the sandbox's controllers. */
export function controllerContext(manager: string, subresource = ''): WriteContext {
  return { manager, dryRun: false, subresource, trusted: true };
}
