/** Keys in Postgres: made, looked up, listed, revoked. What they are secret by is kept as a hash only. */
import type pg from 'pg';
import type { Key, NewKey } from '../contracts/key.ts';
import { inTransaction, onPostgres } from '../shared/postgres.ts';
import { notifyKey } from './changes.ts';
import { keyColumns, type KeyRow, type StoredKey, toKey, toStoredKey } from './key-rows.ts';
import { type Page, toPage } from './page.ts';

export interface KeyToStore extends NewKey {
  readonly id: string;
  /** sha256 of the whole key. */
  readonly hash: Uint8Array;
  /** Who makes it. */
  readonly by: string;
}

export type Revocation = 'revoked' | 'not-found' | 'last-admin';

/** All throw BantamError REGISTRY_UNAVAILABLE when Postgres cannot be reached. */
export interface KeyStore {
  /**
   * @param operator whether the operator has a key of his own: else the first key must be one that can make others
   * @returns undefined when it is not
   */
  create(key: KeyToStore, operator: boolean): Promise<Key | undefined>;
  /** By id. @param after id that the page starts after */
  list(limit: number, after: string | undefined): Promise<Page<Key>>;
  /** In the order of `ids`; undefined for those that are not there. */
  find(ids: readonly string[]): Promise<readonly (StoredKey | undefined)[]>;
  /** Told to every gateway. @param operator as of `create`: else the last key that can make others stays */
  revoke(id: string, operator: boolean): Promise<Revocation>;
  /** Whether there is or was any: those that are revoked count. */
  exist(): Promise<boolean>;
  /** Kept unless a use less than a minute older is. @param uses times in epoch milliseconds, by id */
  used(uses: ReadonlyMap<string, number>): Promise<void>;
  /** Deletes those that are of no use for longer, as long as others are: without any, nobody would be asked for a key. */
  sweep(ageMs: number): Promise<void>;
}

/** Those that can make others, now and later. */
const masters = `role = 'admin' and namespace is null and functions is null and revoked_at is null and expires_at is null`;
/** Readers go on. */
const holdKeys = 'lock table keys in share row exclusive mode';

export function openKeys(pool: pg.Pool): KeyStore {
  return {
    create: (key, operator) => create(pool, key, operator),
    async list(limit, after) {
      const sql = `select ${keyColumns} from keys where $2::text is null or id > $2 order by id limit $1`;
      const { rows } = await onPostgres(() => pool.query<KeyRow>(sql, [limit + 1, after]));
      return toPage(rows.map(toKey), limit, ({ id }) => id);
    },
    async find(ids) {
      const { rows } = await onPostgres(() => pool.query<KeyRow>(`select ${keyColumns} from keys where id = any($1)`, [ids]));
      const found = new Map(rows.map((row) => [row.id, toStoredKey(row)]));
      return ids.map((id) => found.get(id));
    },
    revoke: (id, operator) => revoke(pool, id, operator),
    async exist() {
      const sql = 'select exists (select from keys) as exist';
      const { rows } = await onPostgres(() => pool.query<{ exist: boolean }>(sql));
      return rows[0]?.exist === true;
    },
    async used(uses) {
      const sql = `
        update keys set last_used_at = u.at
        from (select id, to_timestamp(ms / 1000) as at from unnest($1::text[], $2::float8[]) as u (id, ms)) as u
        where keys.id = u.id and (last_used_at is null or last_used_at <= u.at - interval '1 minute')`;
      await onPostgres(() => pool.query(sql, [[...uses.keys()], [...uses.values()]]));
    },
    async sweep(ageMs) {
      const sql = `
        delete from keys where least(revoked_at, expires_at) < now() - $1::float8 * interval '1 ms'
          and exists (select from keys where ${masters})`;
      await onPostgres(() => pool.query(sql, [ageMs]));
    },
  };
}

function create(pool: pg.Pool, key: KeyToStore, operator: boolean): Promise<Key | undefined> {
  return inTransaction(pool, async (client) => {
    await client.query(holdKeys);
    const { rows } = await client.query<KeyRow>(
      `insert into keys (id, hash, name, role, namespace, functions, created_by, expires_at)
       select $1, $2, $3, $4, $5, $6, $7, $8
       where $9 or exists (select from keys where ${masters}) or ($4 = 'admin' and $5::text is null and $6::text[] is null and $8::timestamptz is null)
       returning ${keyColumns}`,
      [key.id, key.hash, key.name, key.role, key.namespace, key.functions, key.by, key.expiresAt, operator],
    );
    const [row] = rows;
    if (row === undefined) return undefined;
    await notifyKey(client, key.id);
    return toKey(row);
  });
}

function revoke(pool: pg.Pool, id: string, operator: boolean): Promise<Revocation> {
  return inTransaction(pool, async (client) => {
    await client.query(holdKeys);
    const { rows } = await client.query<{ id: string }>(`select id from keys where ${masters}`);
    if (rows.length === 1 && rows[0]?.id === id && !operator) return 'last-admin';
    const { rowCount } = await client.query('update keys set revoked_at = now() where id = $1 and revoked_at is null', [id]);
    if (rowCount === 0) return 'not-found';
    await notifyKey(client, id);
    return 'revoked';
  });
}
