/** Kind `core`: any module without WASI; its exported functions are called with scalars. */
import { BantamError } from '../../contracts/errors.ts';
import { envModule } from '../../wasi/env.ts';
import { envNeeds } from '../../wasi/needs.ts';
import { type DylinkInfo, readDylink } from '../../wasm/dylink.ts';
import type { CoreModule } from '../../wasm/module.ts';
import { WasmFormatError } from '../../wasm/reader.ts';
import { refuseMissingImports } from '../imports.ts';
import { coreProvision, namesFrom } from '../provisions.ts';
import { atMost, refuseDylinkExcess } from '../refuse.ts';
import { exportSignatures } from '../signatures.ts';
import type { KindAnalyser } from './kind.ts';

export const core: KindAnalyser = {
  kind: 'core',
  // The last in the list: what no other kind wants. Its imports decide whether it can be published.
  detect: () => true,
  analyse: (module, maxMemoryBytes) => {
    const dylink = readDylinkOf(module);
    refuseMissingImports(module, coreProvision(module, dylink !== undefined));
    if (dylink) refuseDylinkExcess(dylink, maxMemoryBytes);
    for (const kind of ['memory', 'table'] as const)
      atMost(module.imports.filter(({ type }) => type.kind === kind).length, 1, `imports of a ${kind}`);
    return { kind: 'core', exports: exportSignatures(module), needs: envNeeds(namesFrom(module, [envModule])) };
  },
};

function readDylinkOf(module: CoreModule): DylinkInfo | undefined {
  try {
    return readDylink(module);
  } catch (error) {
    if (!(error instanceof WasmFormatError)) throw error;
    throw new BantamError(
      'MODULE_INVALID',
      `the section dylink.0 is malformed: ${error.message}`,
      { offset: error.offset },
      { cause: error },
    );
  }
}
