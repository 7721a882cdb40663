/** The version of Bantam, as package.json has it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export async function packageVersion(): Promise<string> {
  const manifest = JSON.parse(await readFile(join(import.meta.dirname, '..', 'package.json'), 'utf8')) as { version: string };
  return manifest.version;
}
