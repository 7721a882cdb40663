/** Describes the interface of a published component to people: WIT and TypeScript. */
import { ComponentError } from '../component/error.ts';
import { flattenComponent } from '../component/flatten.ts';
import { BantamError } from '../contracts/errors.ts';
import { identify } from '../wasm/preamble.ts';
import { joinDeclarations } from './describe/types.ts';
import { writeWit } from './describe/wit.ts';
import { declarations } from './jco.ts';
import type { ComponentDescription } from './wire.ts';

/**
 * @param bytes a component that was published
 * @throws BantamError MODULE_UNSUPPORTED for a core module: it has no interface beyond its signatures
 */
export async function describe(bytes: Uint8Array): Promise<ComponentDescription> {
  if (identify(bytes).format !== 'component') {
    throw new BantamError('MODULE_UNSUPPORTED', 'a core module has no WIT; its exports are listed with its version');
  }
  try {
    return { wit: writeWit(flattenComponent(bytes)), types: joinDeclarations(await declarations(bytes)) };
  } catch (error) {
    if (!(error instanceof ComponentError)) throw error;
    throw new BantamError('MODULE_UNSUPPORTED', `the component cannot be described: ${error.message}`, undefined, { cause: error });
  }
}
