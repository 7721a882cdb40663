/** Publications made up for tests of the registry: the bytes need not be wasm there. */
import { createHash } from 'node:crypto';
import type { Publication } from '../../registry/port.ts';

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
    limits: { timeoutMs: 30_000, memoryBytes: 134_217_728, concurrency: 1_000 },
    ...changes,
  };
}
