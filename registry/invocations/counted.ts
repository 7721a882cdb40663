/** An invocation store that tells of the ends it has written. */
import type { InvocationStore, Verdict } from './port.ts';

/** @param ended told of each end that was still in force, once it is committed */
export function countEnds(store: InvocationStore, ended: (verdict: Verdict) => void): InvocationStore {
  return {
    ...store,
    async end(ends) {
      const written = await store.end(ends);
      for (const { id, verdict } of ends) if (written.has(id)) ended(verdict);
      return written;
    },
  };
}
