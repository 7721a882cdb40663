/** `wasmtime run`: a process per call, which compiles the module. */
import { execFileSync } from 'node:child_process';
import { Absent } from '../../path.ts';
import type { Contender } from '../contender.ts';

export const wasmtimeRun: Contender = {
  name: 'wasmtime run',
  spawns: true,
  runs: ({ kind }) => kind === 'command',
  prepare({ module, call: { body } }) {
    const options = { input: body ?? '', maxBuffer: 16_777_216 };
    return Promise.resolve(() => {
      try {
        return execFileSync('wasmtime', ['run', module], options);
      } catch (error) {
        throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? new Absent('wasmtime is not on the PATH') : error;
      }
    });
  },
};
