/** How the linker reaches host functions: an exact table, never a property of an object. */

/**
 * @param world the calling instance's surroundings
 * @param args  lifted values; resources are what the host gave out
 * @returns the value to lower; of a `result` type `{ tag: 'ok' | 'err', val }`. What it throws ends the instance.
 */
export type HostFunction<World> = (world: World, ...args: never[]) => unknown;

export interface HostInterface<World> {
  /** By name as in the binary: `get-stdout`, `[method]fields.append`, `[constructor]fields`. */
  readonly functions: ReadonlyMap<string, HostFunction<World>>;
  /** What dropping an own handle does, by resource name; nothing where there is none. */
  readonly drops: ReadonlyMap<string, (world: World, resource: never) => void>;
}

/** By interface without version: `wasi:io/streams`. The text of each function's type is in wasi/interfaces.ts; both must agree. */
export type HostTable<World> = ReadonlyMap<string, HostInterface<World>>;
