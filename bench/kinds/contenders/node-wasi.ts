/**
 * `node:wasi`: Node's own WASI preview 1, a fresh WASI and a fresh instance per call. It takes and gives streams as file descriptors only:
 * here files in memory (/dev/shm), the cheapest there is. No arguments, no environment: less than a CGI program gets.
 */
import { closeSync, existsSync, ftruncateSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Contender } from '../contender.ts';
import { moduleBytes } from '../guest.ts';

/** The file of standard output is emptied when it is longer. */
const maxFileBytes = 67_108_864;

export const nodeWasi: Contender = {
  name: 'node:wasi',
  spawns: false,
  runs: ({ kind }) => kind === 'command',
  async prepare(guest) {
    // It warns that it is experimental when it is loaded.
    const { WASI } = await import('node:wasi');
    const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'bantam-bench-'));
    process.once('exit', () => rmSync(folder, { recursive: true }));
    const module = new WebAssembly.Module(moduleBytes(guest) as Uint8Array<ArrayBuffer>);
    const { body, expected } = guest.call;
    const input = join(folder, 'in');
    const nothing = openSync('/dev/null', 'r');
    // Appending, so that it can be emptied without a new descriptor.
    const stdout = openSync(join(folder, 'out'), 'a+');
    const answer = Buffer.alloc(expected.length + 1);
    let at = 0;
    return () => {
      // A descriptor remembers how far it was read.
      const stdin = body === undefined ? nothing : openFilled(input, body);
      const wasi = new WASI({ version: 'preview1', args: [], env: {}, stdin, stdout, returnOnExit: true });
      const instance = new WebAssembly.Instance(module, wasi.getImportObject() as WebAssembly.Imports);
      const status = wasi.start(instance);
      if (status !== 0) throw new Error(`the guest exited with ${status}`);
      if (stdin !== nothing) closeSync(stdin);
      const length = readSync(stdout, answer, 0, answer.length, at);
      at += length;
      if (at > maxFileBytes) {
        ftruncateSync(stdout);
        at = 0;
      }
      return answer.subarray(0, length);
    };
  },
};

function openFilled(file: string, content: Uint8Array): number {
  writeFileSync(file, content);
  return openSync(file, 'r');
}
