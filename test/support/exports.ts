/** `npm run export` as a user runs it, and what it wrote. EXPORTED_NODE, a path, is the node that runs bundles; default: the one that runs the tests. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';

const root = join(import.meta.dirname, '../..');

export const foreignNode = process.env['EXPORTED_NODE'] ?? process.execPath;
/** To be loaded first: takes from V8 what the oldest Node that bundles run on has not. */
export const asOldNode = `--import=data:text/javascript,${encodeURIComponent(`
  delete JSON.rawJSON;
  delete Uint8Array.fromBase64;
  delete Uint8Array.prototype.toBase64;
  for (const name of Object.getOwnPropertyNames(globalThis.Iterator?.prototype ?? {})) if (name !== 'constructor') delete Iterator.prototype[name];
  delete globalThis.Iterator;`)}`;
/** Nothing of ours: what a platform gives. */
export const foreignEnvironment = { PATH: `${dirname(foreignNode)}:/usr/bin:/bin` };

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** @param folder where it writes */
export function runExport(folder: string, ...args: readonly string[]): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'export/main.ts'), ...args], {
    cwd: folder,
    env: foreignEnvironment,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

let ownFolder: string | undefined;

/** @returns an empty folder, which is gone when the tests are over */
export function newFolder(): string {
  if (ownFolder === undefined) {
    const made = mkdtempSync(join(tmpdir(), 'bantam-export-'));
    process.once('exit', () => rmSync(made, { recursive: true, force: true }));
    ownFolder = made;
  }
  return mkdtempSync(join(ownFolder, 'bundle-'));
}

/** Exports a function and unzips what came of it. @returns the folder of the bundle */
export function exported(url: string, reference: string, target: string, ...more: readonly string[]): string {
  const folder = newFolder();
  const ran = runExport(folder, reference, '--target', target, '--url', url, '--out', 'bundle.zip', ...more);
  assert.equal(ran.status, 0, ran.stderr);
  const zip = readFileSync(join(folder, 'bundle.zip'));
  const executable = executables(zip);
  for (const [path, bytes] of Object.entries(unzipSync(zip))) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
    chmodSync(file, executable.has(path) ? 0o755 : 0o644);
  }
  return folder;
}

/** What a script prints that a platform's own runtime would be: as text of CommonJS, in the folder of a bundle. @returns the JSON it printed */
export function runScript(folder: string, script: string): unknown {
  const { stdout, stderr, status } = spawnSync(foreignNode, ['--input-type=commonjs', '-e', script], {
    cwd: folder,
    env: foreignEnvironment,
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}

/** @returns the paths of files that may be started, by the central directory (APPNOTE.TXT, 4.3.12) */
function executables(zip: Buffer): Set<string> {
  const found = new Set<string>();
  for (let at = zip.indexOf('PK\x01\x02'); at >= 0 && zip.readUInt32LE(at) === 0x02_01_4b_50;) {
    const [name, extra, comment] = [zip.readUInt16LE(at + 28), zip.readUInt16LE(at + 30), zip.readUInt16LE(at + 32)];
    if (((zip.readUInt32LE(at + 38) >>> 16) & 0o111) !== 0) found.add(zip.toString('utf8', at + 46, at + 46 + name));
    at += 46 + name + extra + comment;
  }
  return found;
}
