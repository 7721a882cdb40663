/** What all Bantam paths have in common: they are published to and called over the public HTTP contract, nothing else. */
import { readFile } from 'node:fs/promises';

/**
 * @param entry the export that is called, where the module leaves it open
 * @throws Error with the problem that the server answered
 */
export async function publish(origin: string, name: string, module: string, entry?: string): Promise<void> {
  const form = new FormData();
  form.set('module', new Blob([await readFile(module)]));
  if (entry !== undefined) form.set('config', JSON.stringify({ entry }));
  const response = await fetch(`${origin}/api/functions/${name}`, { method: 'PUT', body: form });
  if (!response.ok) throw new Error(`publishing answered ${response.status} ${await response.text()}`);
}
