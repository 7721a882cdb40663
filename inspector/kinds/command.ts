/** Kind `command`: a WASI preview 1 program; `_start` runs once per call, with the request as standard input. */
import { preview1Needs } from '../../wasi/needs.ts';
import { preview1Modules } from '../../wasi/preview1.ts';
import { refuseMissingImports } from '../imports.ts';
import { namesFrom, refuseWithoutMemory, wasiProvision } from '../provisions.ts';
import { type KindAnalyser, exportsAction } from './kind.ts';

export const command: KindAnalyser = {
  kind: 'command',
  detect: (module) => exportsAction(module, '_start'),
  analyse: (module) => {
    refuseMissingImports(module, wasiProvision);
    refuseWithoutMemory(module);
    // A call runs the whole program; its other exports cannot be called.
    return { kind: 'command', exports: [], needs: preview1Needs(namesFrom(module, preview1Modules)) };
  },
};
