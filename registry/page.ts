/** Pages of listings. Pure. */

/** A page of a listing; `next` is passed as `after` to get the following page. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | undefined;
}

/** @param rows one more than `limit` when there is a following page */
export function toPage<T>(rows: readonly T[], limit: number, key: (row: T) => string): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last !== undefined ? key(last) : undefined };
}
