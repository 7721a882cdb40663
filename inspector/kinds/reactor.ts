/** Kind `reactor`: a library on a WASI preview 1 host; `_initialize` runs first, then its exports are called with scalars. */
import { envNeeds, mergeNeeds, preview1Needs } from '../../wasi/needs.ts';
import { envModule } from '../../wasi/env.ts';
import { preview1Modules } from '../../wasi/preview1.ts';
import { refuseMissingImports } from '../imports.ts';
import { importsWasi, namesFrom, refuseWithoutMemory, wasiProvision } from '../provisions.ts';
import { exportSignatures } from '../signatures.ts';
import { type KindAnalyser, exportsAction } from './kind.ts';

export const reactor: KindAnalyser = {
  kind: 'reactor',
  detect: (module) => importsWasi(module) || exportsAction(module, '_initialize'),
  analyse: (module) => {
    refuseMissingImports(module, wasiProvision);
    refuseWithoutMemory(module);
    const needs = mergeNeeds(preview1Needs(namesFrom(module, preview1Modules)), envNeeds(namesFrom(module, [envModule])));
    return { kind: 'reactor', exports: exportSignatures(module), needs };
  },
};
