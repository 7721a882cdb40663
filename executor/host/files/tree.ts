/** An in-memory file tree. */

/** Assets, read once per artifact and never changed. */
export interface FrozenTree {
  readonly entryCount: number;
}

export class FileTree {
  readonly base: FrozenTree | undefined;
  readonly maxBytes: number;

  constructor(base: FrozenTree | undefined, maxBytes: number) {
    this.base = base;
    this.maxBytes = maxBytes;
  }
}
