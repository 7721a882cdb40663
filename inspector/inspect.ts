/** Reads an uploaded module: valid, within limits, of which kind, with which exports. Compiles it, never instantiates it. */
import { BantamError } from '../contracts/errors.ts';
import type { ModuleAnalysis } from '../contracts/function.ts';
import { identify } from '../wasm/preamble.ts';
import { inspectComponent } from './component.ts';
import { compile, readCoreModule } from './core-module.ts';
import { kinds } from './kinds.ts';
import { refuseExcess, refuseFeatures } from './refuse.ts';

export interface InspectOptions {
  /** Most linear memory of an instance: the function's effective `memoryBytes`. */
  readonly maxMemoryBytes: number;
}

/**
 * Blocks for as long as V8 and jco validate the module: for a process of its own (main.ts).
 * @throws BantamError MODULE_INVALID, MODULE_UNSUPPORTED, MODULE_OVER_LIMIT, IMPORT_NOT_PROVIDED
 */
export async function inspect(bytes: Uint8Array<ArrayBuffer>, options: InspectOptions): Promise<ModuleAnalysis> {
  const file = identify(bytes);
  if (file.format === 'other') throw new BantamError('MODULE_INVALID', `this is not a WebAssembly module but ${file.looksLike}`);
  return file.format === 'component' ? inspectComponent(bytes, options) : inspectModule(bytes, options);
}

function inspectModule(bytes: Uint8Array<ArrayBuffer>, { maxMemoryBytes }: InspectOptions): ModuleAnalysis {
  const module = readCoreModule(bytes);
  // Before V8 looks at it: limits first, so that what is refused for them costs nothing.
  refuseFeatures(module);
  refuseExcess(module, maxMemoryBytes);
  compile(bytes);
  const kind = kinds.find((candidate) => candidate.detect(module));
  if (!kind) throw new BantamError('MODULE_UNSUPPORTED', 'the module is of no known kind');
  return kind.analyse(module, maxMemoryBytes);
}
