/** What a module whose memory was lifted out (import-memory.ts) asks of its host. Without imports: the executor reads this file at every boot. */

/** Limits in pages of 64 KiB. */
export interface MemoryLimits {
  readonly initialPages: number;
  readonly maximumPages: number;
}

/** The names under which the module imports its memory. */
export const memoryImport = { module: 'bantam', name: 'memory' } as const;
