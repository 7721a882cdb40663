/** Where the unix socket is: a private folder with a short path, noted in the data folder so that it can be cleared away later. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

const prefix = 'bantam-pg-';
/** Longest path of a unix socket (sun_path of macOS, shorter than that of Linux). */
const maxSocketPath = 103;

/** The folder's mode (0700) is what keeps other users out: who can open the socket is trusted. */
export async function createSocketFolder(dataDir: string): Promise<string> {
  const fits = join(tmpdir(), prefix, 'XXXXXX/.s.PGSQL.5432').length <= maxSocketPath;
  const folder = await mkdtemp(join(fits ? tmpdir() : '/tmp', prefix));
  await writeFile(noteIn(dataDir), folder);
  return folder;
}

/** Removes the one created last for this data folder, by this process or by one that was killed. */
export async function removeSocketFolder(dataDir: string): Promise<void> {
  const folder = await readFile(noteIn(dataDir), 'utf8').catch(() => '');
  // Only what has our name: the note is just a file.
  if (basename(folder).startsWith(prefix)) await rm(folder, { recursive: true, force: true });
  await rm(noteIn(dataDir), { force: true });
}

function noteIn(dataDir: string): string {
  return join(dataDir, 'postgres.socket');
}
