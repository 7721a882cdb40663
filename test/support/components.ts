/** Builds components for tests: from component WAT, or from WIT with a core module of the right shape that only traps. */
import { componentEmbed, componentNew, parse } from '@bytecodealliance/jco-transpile/wasm-tools';

/** @returns the binary, in memory of its own */
export async function componentFromWat(text: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await parse(text));
}

/**
 * @param wit   one package, without dependencies on others
 * @param world its world; all of its imports are called
 */
export async function componentFromWit(wit: string, world: string): Promise<Uint8Array<ArrayBuffer>> {
  const core = await componentEmbed({ dummy: true, witSource: wit, world });
  return new Uint8Array(await componentNew(core, []));
}
