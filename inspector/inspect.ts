/** Reads an uploaded module: valid, within limits, of which kind, with which exports. Compiles it, never instantiates it. */
import { BantamError } from '../contracts/errors.ts';
import type { ModuleAnalysis } from '../contracts/function.ts';
import { type CoreModule, readModule } from '../wasm/module.ts';
import { identify } from '../wasm/preamble.ts';
import { WasmFormatError } from '../wasm/reader.ts';
import { kinds } from './kinds.ts';
import { refuseExcess, refuseFeatures } from './refuse.ts';

export interface InspectOptions {
  /** Most linear memory of an instance: the function's effective `memoryBytes`. */
  readonly maxMemoryBytes: number;
}

/**
 * Blocks for as long as V8 validates the module: for a process of its own (main.ts).
 * @throws BantamError MODULE_INVALID, MODULE_UNSUPPORTED, MODULE_OVER_LIMIT, IMPORT_NOT_PROVIDED
 */
export function inspect(bytes: Uint8Array<ArrayBuffer>, { maxMemoryBytes }: InspectOptions): ModuleAnalysis {
  const file = identify(bytes);
  if (file.format === 'other') throw new BantamError('MODULE_INVALID', `this is not a WebAssembly module but ${file.looksLike}`);
  if (file.format === 'component') throw new BantamError('MODULE_UNSUPPORTED', 'this is a component; only core modules run');
  const module = read(bytes);
  // Before V8 looks at it: limits first, so that what is refused for them costs nothing.
  refuseFeatures(module);
  refuseExcess(module, maxMemoryBytes);
  validate(bytes);
  const kind = kinds.find((candidate) => candidate.detect(module));
  if (!kind) throw new BantamError('MODULE_UNSUPPORTED', 'the module is of no known kind');
  return kind.analyse(module);
}

function read(bytes: Uint8Array<ArrayBuffer>): CoreModule {
  try {
    return readModule(bytes);
  } catch (error) {
    if (!(error instanceof WasmFormatError)) throw error;
    // Users know V8's wording. What V8 takes and our reader does not is a proposal that came later than the reader.
    validate(bytes);
    throw new BantamError(
      'MODULE_UNSUPPORTED',
      `the module uses a feature that is not supported: ${error.message}`,
      { offset: error.offset },
      { cause: error },
    );
  }
}

/** @throws BantamError MODULE_INVALID with V8's message, `extra.offset` in bytes where it names one */
function validate(bytes: Uint8Array<ArrayBuffer>): WebAssembly.Module {
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
