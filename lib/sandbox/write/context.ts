/** Writer of a change, and its request. */
export interface WriteContext {
  /** Name in `managedFields`. */
  readonly manager: string;
  readonly dryRun: boolean;
  /** Empty, `status` or `scale`. */
  readonly subresource: string;
  /** Whether the writer is a controller of the sandbox, which writes only valid and complete objects. */
  readonly trusted?: boolean;
}

/** The context of the sandbox's controllers. */
export function controllerContext(manager: string, subresource = ''): WriteContext {
  return { manager, dryRun: false, subresource, trusted: true };
}
