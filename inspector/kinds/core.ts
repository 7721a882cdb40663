/** Kind `core`: any module that needs nothing of its host; its exported functions are called with scalars. */
import { refuseMissingImports } from '../imports.ts';
import { exportSignatures } from '../signatures.ts';
import type { KindAnalyser } from './kind.ts';

export const core: KindAnalyser = {
  kind: 'core',
  // The last in the list: what no other kind wants. Its imports decide whether it can be published.
  detect: () => true,
  analyse: (module) => {
    refuseMissingImports(module, () => false);
    return { kind: 'core', exports: exportSignatures(module), needs: [] };
  },
};
