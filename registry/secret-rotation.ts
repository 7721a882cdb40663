/** Encrypting stored values anew, and deleting those that newer ones replaced. */
import type pg from 'pg';
import type { SealedValue, SecretIdentity } from '../shared/keyring.ts';
import { onPostgres } from '../shared/postgres.ts';

/** A value that was encrypted with another key than wanted. */
export interface StaleValue extends SecretIdentity, SealedValue {
  /** Of its row in `secrets`. */
  readonly secretId: string;
}

/** See SecretStore. */
export async function staleValues(
  pool: pg.Pool,
  keyId: string,
  limit: number,
  after: StaleValue | undefined,
): Promise<readonly StaleValue[]> {
  const { rows } = await onPostgres(() =>
    pool.query<StaleValue>(
      `select s.id as "secretId", s.namespace, s.name, v.version, v.key_id as "keyId", v.nonce, v.sealed
       from secret_values v join secrets s on s.id = v.secret_id
       where v.key_id <> $1 and (v.secret_id, v.version) > ($2, $3) order by v.secret_id, v.version limit $4`,
      [keyId, after?.secretId ?? '0', after?.version ?? 0, limit],
    ),
  );
  return rows;
}

/** See SecretStore. A value never changes, and so it does not matter who else encrypts it anew meanwhile. */
export async function replaceValues(pool: pg.Pool, values: readonly StaleValue[]): Promise<void> {
  await onPostgres(() =>
    pool.query(
      `update secret_values v set key_id = anew.key_id, nonce = anew.nonce, sealed = anew.sealed
       from unnest($1::bigint[], $2::integer[], $3::text[], $4::bytea[], $5::bytea[]) as anew (secret_id, version, key_id, nonce, sealed)
       where v.secret_id = anew.secret_id and v.version = anew.version`,
      [
        values.map(({ secretId }) => secretId),
        values.map(({ version }) => version),
        values.map(({ keyId }) => keyId),
        values.map(({ nonce }) => nonce),
        values.map(({ sealed }) => sealed),
      ],
    ),
  );
}

/** See SecretStore. */
export async function sweepValues(pool: pg.Pool, ageMs: number): Promise<number> {
  const { rowCount } = await onPostgres(() =>
    pool.query(`delete from secret_values where replaced_at < now() - $1::float8 * interval '1 ms'`, [ageMs]),
  );
  return rowCount ?? 0;
}
