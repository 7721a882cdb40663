/** Packs of assets for tests. */
import type { AssetEntry, AssetPack } from '../../contracts/assets.ts';

/** When all entries were last changed. */
export const assetsModifiedAtMs = 1_700_000_000_000;

/**
 * @param files contents by path; a path that ends in `/` is a directory, contents that start with `-> ` are the target of a symbolic link.
 *   Parents are made where they are missing.
 */
export function packOf(files: Readonly<Record<string, string>>): AssetPack {
  const entries: AssetEntry[] = [];
  const parts: Buffer[] = [];
  const known = new Set<string>();
  let offset = 0;
  const add = (entry: Omit<AssetEntry, 'modifiedAtMs'>): void => {
    if (known.has(entry.path)) return;
    known.add(entry.path);
    entries.push({ ...entry, modifiedAtMs: assetsModifiedAtMs });
  };
  for (const [path, text] of Object.entries(files)) {
    const names = path.split('/');
    for (let depth = 1; depth < names.length; depth++) {
      add({ path: names.slice(0, depth).join('/'), type: 'directory', offset: 0, sizeBytes: 0 });
    }
    if (path.endsWith('/')) continue;
    if (text.startsWith('-> ')) {
      add({ path, type: 'symlink', target: text.slice(3), offset: 0, sizeBytes: 0 });
      continue;
    }
    const bytes = Buffer.from(text);
    add({ path, type: 'file', offset, sizeBytes: bytes.length });
    parts.push(bytes);
    offset += bytes.length;
  }
  return { entries, data: Buffer.concat(parts) };
}
