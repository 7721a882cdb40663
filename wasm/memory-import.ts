/** What a module whose memory was lifted out (import-memory.ts) asks of its host. Without imports: the executor reads this file at every boot. */

/** Limits in pages of 64 KiB. */
export interface MemoryLimits {
  readonly initialPages: number;
  readonly maximumPages: number;
}

/**
 * A small memory is cheaper zeroed than allocated anew (docs/decisions/0006); of a large one most pages are never touched, and zeroing would touch
 * them all. 4 MiB: zeroing takes some ten microseconds per MiB.
 */
export const mostZeroedPages = 64;

/** The names under which the module imports its memory. */
export const memoryImport = { module: 'bantam', name: 'memory' } as const;
