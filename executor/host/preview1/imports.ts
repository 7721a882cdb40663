/** All calls of preview 1, as V8 takes imports. */
import { preview1Modules } from '../../../wasi/preview1.ts';
import { argumentCalls } from './arguments.ts';
import type { Calls, Snapshot } from './calls.ts';
import type { GuestCell } from './cell.ts';
import { clockCalls } from './clocks.ts';
import { descriptorCalls } from './descriptor-calls.ts';
import { directoryCalls } from './directory-calls.ts';
import { filestatCalls } from './filestat.ts';
import { ioCalls } from './io.ts';
import { openCall } from './open.ts';
import { pollCall } from './poll.ts';
import { processCalls } from './process.ts';
import { seekCalls } from './seek.ts';

/**
 * To be made once per artifact.
 * @param cell says which instance is calling: it has to be entered before each call into one
 * @returns by module and name, without prototypes: a module must find nothing that was not put there
 */
export function preview1Imports(cell: GuestCell): WebAssembly.Imports {
  const modules = Object.create(null) as WebAssembly.Imports;
  for (const module of preview1Modules) {
    const calls = Object.create(null) as WebAssembly.ModuleImports;
    for (const [name, call] of callsOf(cell, module === 'wasi_unstable' ? 'preview0' : 'preview1')) calls[name] = call;
    modules[module] = calls;
  }
  return modules;
}

function callsOf(cell: GuestCell, snapshot: Snapshot): Calls {
  return [
    ...argumentCalls(cell),
    ...clockCalls(cell),
    ...descriptorCalls(cell),
    ...ioCalls(cell),
    ...seekCalls(cell, snapshot),
    ...filestatCalls(cell, snapshot),
    ...directoryCalls(cell),
    ...openCall(cell),
    ...pollCall(cell, snapshot),
    ...processCalls(cell),
  ];
}
