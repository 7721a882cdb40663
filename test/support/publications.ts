/** Publications made up for tests of the registry: the bytes need not be wasm there. */
import { createHash } from 'node:crypto';
import { encodeAssets } from '../../contracts/assets.ts';
import type { Publication, PublishedAssets } from '../../registry/port.ts';

/** @param content makes the bytes; equal content, equal digest */
export function publicationOf(name: string, content: string | Uint8Array, changes: Partial<Publication> = {}): Publication {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return {
    name,
    bytes,
    digest: createHash('sha256').update(bytes).digest('hex'),
    analysis: {
      kind: 'core',
      exports: [{ name: 'run', params: [{ name: 'n', type: 'i32' }], results: ['i32'], callable: true }],
      needs: [],
    },
    entry: 'run',
    config: {},
    assets: undefined,
    by: 'test',
    limits: { timeoutMs: 30_000, memoryBytes: 134_217_728, concurrency: 1_000 },
    ...changes,
  };
}

/** A pack with one file. */
export function assetsOf(contents: string | Uint8Array): PublishedAssets {
  const data = Buffer.from(contents as string);
  const pack = encodeAssets({ entries: [{ path: 'file', type: 'file', modifiedAtMs: 0, offset: 0, sizeBytes: data.length }], data });
  return { digest: createHash('sha256').update(pack).digest('hex'), entries: 1, sizeBytes: data.length, pack };
}
