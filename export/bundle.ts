/** A function as the files of a bundle, zipped. Equal functions give equal bytes. */
import { readFileSync } from 'node:fs';
import { strToU8, type Zippable, zipSync } from 'fflate';
import { targetOf } from '../contracts/target.ts';
import { entryPath } from '../shared/sandbox/program.ts';
import { deriveModule } from '../worker/artifacts/derive.ts';
import type { Downloaded } from './download.ts';
import { programFiles } from './program.ts';
import { type BundleDescription, bundleFiles } from './runtime/bundle.ts';
import { codeFolder, type Target, targets } from './targets.ts';

/** The earliest that a zip can say, in the local time it says it in: the files are as old as their function, which has no age. */
const mtime = new Date(1980, 0, 1);
/** Unix, and the permissions of a file there, in the upper half of the attributes (APPNOTE.TXT, 4.4.2 and 4.4.15). */
const unix = 3;
const plain = (0o100644 << 16) >>> 0;
const executable = (0o100755 << 16) >>> 0;

/** @throws Error when a file of this project is not there */
export function makeBundle({ version, module, assets }: Downloaded, target: Target): Uint8Array {
  const { entries, files, executable: started } = targets[target];
  const { bytes, ...derived } = deriveModule(module, version.kind, targetOf(version).memoryPages);
  const description: BundleDescription = { version, derived };
  const contents: Record<string, Uint8Array> = {
    ...texts(Object.entries(files(version))),
    [bundleFiles.description]: strToU8(`${JSON.stringify(description, undefined, 2)}\n`),
    [bundleFiles.module]: bytes,
    ...(assets !== undefined && { [bundleFiles.assets]: assets }),
    LICENSE: readFileSync(entryPath('LICENSE')),
    ...texts(Array.from(programFiles(entries), ([path, text]) => [`${codeFolder}/${path}`, text])),
  };
  const zippable: Zippable = {};
  for (const [path, file] of Object.entries(contents)) {
    zippable[path] = [file, { mtime, os: unix, attrs: started.includes(path) ? executable : plain }];
  }
  return zipSync(zippable);
}

function texts(files: readonly (readonly [path: string, text: string])[]): Record<string, Uint8Array> {
  return Object.fromEntries(files.map(([path, text]) => [path, strToU8(text)]));
}
