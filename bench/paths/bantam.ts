/** What the two Bantam paths have in common: they are published to and called over the public HTTP contract, nothing else. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stage } from '../path.ts';

/** @throws Error with the problem that the server answered, unless the guest is published as `fib` */
export async function publishGuest(origin: string, { guestFolder }: Stage): Promise<void> {
  const body = await readFile(join(guestFolder, 'fib.wasm'));
  const response = await fetch(`${origin}/api/functions/fib`, { method: 'PUT', body });
  if (!response.ok) throw new Error(`publishing answered ${response.status} ${await response.text()}`);
}
