/** The guest of all platforms that run core modules, and copies of it that no cache knows. */
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stage } from '../path.ts';
import { fibFolder } from '../paths/fib.ts';

/** @returns path of the module; its export is `fib: (i32) -> i32` */
export function guestFile(repository: string): string {
  return join(fibFolder(repository), 'fib.wasm');
}

/**
 * Writes the same code with another digest: with a custom section, which means nothing.
 * @returns path of a module that nobody has compiled before
 */
export async function unknownGuest({ processes, repository }: Stage): Promise<string> {
  const file = join(processes.temporaryFolder(), 'fib.wasm');
  await writeFile(file, withNonce(await readFile(guestFile(repository)), randomBytes(16)));
  return file;
}

/** @param nonce at most 100 bytes. @returns the module with a custom section of it at its end */
export function withNonce(module: Uint8Array, nonce: Uint8Array): Uint8Array<ArrayBuffer> {
  const name = Buffer.from('nonce');
  return Buffer.concat([module, Buffer.of(0, 1 + name.length + nonce.length, name.length), name, nonce]);
}
