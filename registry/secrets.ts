/** Secrets in Postgres: their encrypted values by version, and which functions are given them. */
import type pg from 'pg';
import { BantamError } from '../contracts/errors.ts';
import { qualify } from '../contracts/names.ts';
import type { Secret } from '../contracts/secret.ts';
import type { SealedValue } from '../shared/keyring.ts';
import { inTransaction, onPostgres } from '../shared/postgres.ts';
import { notifyChanges } from './changes.ts';
import { holdNamespace } from './namespaces.ts';
import { type Page, toPage } from './page.ts';
import { replaceValues, type StaleValue, staleValues, sweepValues } from './secret-rotation.ts';

export interface SecretName {
  readonly namespace: string;
  readonly name: string;
}

export interface StoredValue extends SealedValue {
  readonly name: string;
  readonly version: number;
}

/** All throw BantamError REGISTRY_UNAVAILABLE when Postgres cannot be reached. */
export interface SecretStore {
  /**
   * Stores a value as the next version.
   * @param seal encrypts it for a version number
   * @throws BantamError NAMESPACE_NOT_FOUND
   * @returns `changed`: the functions that calls of may now be given another value
   */
  put(
    secret: SecretName,
    seal: (version: number) => SealedValue,
  ): Promise<{ readonly created: boolean; readonly secret: Secret; readonly changed: readonly string[] }>;
  find(secret: SecretName): Promise<Secret | undefined>;
  /** By namespace and name. @param namespace undefined: of all @param after that the page starts after */
  list(namespace: string | undefined, limit: number, after: SecretName | undefined): Promise<Page<Secret>>;
  /**
   * Deletes a secret with all its values.
   * @param force also when functions are given it
   * @returns the functions that named it
   * @throws BantamError SECRET_NOT_FOUND, SECRET_IN_USE with the names of `functions`
   */
  remove(secret: SecretName, force: boolean): Promise<readonly string[]>;
  /** @returns those of the wanted values that are there, in any order */
  values(namespace: string, wanted: readonly Pick<StoredValue, 'name' | 'version'>[]): Promise<readonly StoredValue[]>;
  /** Values encrypted with any other key, oldest secrets first. @param after the last one of the page before */
  stale(keyId: string, limit: number, after: StaleValue | undefined): Promise<readonly StaleValue[]>;
  /** Puts the same values in place, encrypted anew. */
  replace(values: readonly StaleValue[]): Promise<void>;
  /** Deletes values that newer ones replaced longer ago. @returns how many */
  sweep(ageMs: number): Promise<number>;
}

export function openSecrets(pool: pg.Pool): SecretStore {
  return {
    put: (secret, seal) => put(pool, secret, seal),
    find: (secret) => find(pool, secret),
    list: (namespace, limit, after) => list(pool, namespace, limit, after),
    remove: (secret, force) => remove(pool, secret, force),
    values: (namespace, wanted) => values(pool, namespace, wanted),
    stale: (keyId, limit, after) => staleValues(pool, keyId, limit, after),
    replace: (sealed) => replaceValues(pool, sealed),
    sweep: (ageMs) => sweepValues(pool, ageMs),
  };
}

interface SecretRow {
  readonly namespace: string;
  readonly name: string;
  readonly version: number;
  readonly updated_at: Date;
  readonly functions: string[];
}

/** Of `s` (secrets). What is latest or has an alias is what calls get without naming a version. */
const columns = `s.namespace, s.name, s.version, s.updated_at, array(
  select distinct split_part(f.name, '.', 1) from version_secrets u join functions f on f.id = u.function_id
  where u.secret_id = s.id and (u.version = f.latest_version or exists (
    select from aliases a join releases r on r.id = a.release where a.function_id = f.id and u.version = any (r.versions)))
  order by 1) as functions`;

async function put(pool: pg.Pool, secret: SecretName, seal: (version: number) => SealedValue): ReturnType<SecretStore['put']> {
  // A refusal is returned and not thrown: it is no reason to close the connection.
  const result = await inTransaction(
    pool,
    async (client) => (await holdNamespace(client, secret.namespace)) ?? insertVersion(client, secret, seal),
  );
  if (result instanceof BantamError) throw result;
  return result;
}

async function insertVersion(
  client: pg.ClientBase,
  { namespace, name }: SecretName,
  seal: (version: number) => SealedValue,
): ReturnType<SecretStore['put']> {
  // The update changes nothing: it locks the row that is there, and returns it.
  const { rows } = await client.query<{ id: string; last_version: number; version: number | null }>(
    `insert into secrets (namespace, name) values ($1, $2)
     on conflict (namespace, name) do update set name = excluded.name returning id, last_version, version`,
    [namespace, name],
  );
  const [{ id, last_version: last, version: before }] = rows as [(typeof rows)[number]];
  const version = last + 1;
  const { keyId, nonce, sealed } = seal(version);
  await client.query('update secret_values set replaced_at = now() where secret_id = $1 and replaced_at is null', [id]);
  await client.query('insert into secret_values (secret_id, version, key_id, nonce, sealed) values ($1, $2, $3, $4, $5)', [
    id,
    version,
    keyId,
    nonce,
    sealed,
  ]);
  await client.query('update secrets set last_version = $2, version = $2, updated_at = now() where id = $1', [id, version]);
  const changed = await tellUsers(client, id);
  const stored = await client.query<SecretRow>(`select ${columns} from secrets s where s.id = $1`, [id]);
  return { created: before === null, secret: toSecret(stored.rows[0] as SecretRow), changed };
}

async function find(pool: pg.Pool, { namespace, name }: SecretName): Promise<Secret | undefined> {
  const { rows } = await onPostgres(() =>
    pool.query<SecretRow>(`select ${columns} from secrets s where s.namespace = $1 and s.name = $2 and s.version is not null`, [
      namespace,
      name,
    ]),
  );
  return rows[0] === undefined ? undefined : toSecret(rows[0]);
}

async function list(pool: pg.Pool, namespace: string | undefined, limit: number, after: SecretName | undefined): Promise<Page<Secret>> {
  const { rows } = await onPostgres(() =>
    pool.query<SecretRow>(
      `select ${columns} from secrets s
       where s.version is not null and ($1::text is null or s.namespace = $1) and ($2::text is null or (s.namespace, s.name) > ($2, $3))
       order by s.namespace, s.name limit $4`,
      [namespace, after?.namespace, after?.name, limit + 1],
    ),
  );
  return toPage(rows.map(toSecret), limit, (secret) => qualify(secret.name, secret.namespace));
}

async function remove(pool: pg.Pool, { namespace, name }: SecretName, force: boolean): Promise<readonly string[]> {
  const result = await inTransaction(pool, async (client) => {
    // Locked, so that no publish that names it can come in between.
    const { rows: found } = await client.query<{ id: string }>(
      'select id from secrets where namespace = $1 and name = $2 and version is not null for update',
      [namespace, name],
    );
    const id = found[0]?.id;
    if (id === undefined) return noSecret({ namespace, name });
    const { rows } = await client.query<SecretRow>(`select ${columns} from secrets s where s.id = $1`, [id]);
    const functions = rows[0]?.functions ?? [];
    if (functions.length > 0 && !force) {
      return new BantamError('SECRET_IN_USE', `the secret "${name}" is given to ${functions.join(', ')}`, { functions });
    }
    await client.query('delete from secret_values where secret_id = $1', [id]);
    await client.query('update secrets set version = null where id = $1', [id]);
    return tellUsers(client, id);
  });
  if (result instanceof BantamError) throw result;
  return result;
}

/** Tells every process to forget what it knows of the functions that name a secret, in any version. */
async function tellUsers(client: pg.ClientBase, secretId: string): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string }>(
    'select distinct f.name from version_secrets u join functions f on f.id = u.function_id where u.secret_id = $1',
    [secretId],
  );
  const names = rows.map(({ name }) => name);
  await notifyChanges(client, names);
  return names;
}

async function values(pool: pg.Pool, namespace: string, wanted: Parameters<SecretStore['values']>[1]): Promise<readonly StoredValue[]> {
  const { rows } = await onPostgres(() =>
    pool.query<StoredValue>(
      `select s.name, v.version, v.key_id as "keyId", v.nonce, v.sealed
       from unnest($2::text[], $3::integer[]) as wanted (name, version)
         join secrets s on s.namespace = $1 and s.name = wanted.name
         join secret_values v on v.secret_id = s.id and v.version = wanted.version`,
      [namespace, wanted.map(({ name }) => name), wanted.map(({ version }) => version)],
    ),
  );
  return rows;
}

export function noSecret({ namespace, name }: SecretName): BantamError {
  return new BantamError('SECRET_NOT_FOUND', `there is no secret "${name}" in the namespace "${namespace}"`);
}

function toSecret({ namespace, name, version, updated_at: updatedAt, functions }: SecretRow): Secret {
  return { name, namespace, version, updatedAt, functions };
}
