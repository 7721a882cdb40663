/** Reads and compiles one core module, by itself or in a component; what is wrong with it is said in V8's words. */
import { BantamError } from '../contracts/errors.ts';
import { type CoreModule, readModule } from '../wasm/module.ts';
import { WasmFormatError } from '../wasm/reader.ts';

/** @throws BantamError MODULE_INVALID, or MODULE_UNSUPPORTED for what V8 takes and our reader does not: a proposal that came later than the reader */
export function readCoreModule(bytes: Uint8Array<ArrayBuffer>): CoreModule {
  try {
    return readModule(bytes);
  } catch (error) {
    if (!(error instanceof WasmFormatError)) throw error;
    compile(bytes);
    throw new BantamError(
      'MODULE_UNSUPPORTED',
      `the module uses a feature that is not supported: ${error.message}`,
      { offset: error.offset },
      { cause: error },
    );
  }
}

/**
 * Blocks for as long as V8 validates the module.
 * @throws BantamError MODULE_INVALID with V8's message, `extra.offset` in bytes where it names one
 */
export function compile(bytes: Uint8Array<ArrayBuffer>): WebAssembly.Module {
  try {
    return new WebAssembly.Module(bytes);
  } catch (error) {
    if (!(error instanceof WebAssembly.CompileError)) throw error;
    const message = error.message.replace(/^WebAssembly\.Module\(\): /, '');
    const offset = /@\+(\d+)/.exec(message)?.[1];
    throw new BantamError(
      'MODULE_INVALID',
      `the module is not valid: ${message}`,
      offset === undefined ? undefined : { offset: Number(offset) },
      { cause: error },
    );
  }
}
