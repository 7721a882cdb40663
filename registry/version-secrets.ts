/** The secrets that versions of functions name: checked and noted when they are published. */
import type pg from 'pg';
import { BantamError } from '../contracts/errors.ts';
import { namespaceOf } from '../contracts/names.ts';
import type { Reconfiguration } from './port.ts';

/** Of `v` (versions), as SecretReference by `env`; null when there are none. */
export const versionSecrets = `(
    select json_agg(json_build_object('env', u.env, 'name', s.name, 'version', coalesce(s.version, 0)) order by u.env)
    from version_secrets u join secrets s on s.id = u.secret_id where u.function_id = v.function_id and u.version = v.version)`;

/**
 * Keeps the secrets of a configuration from being deleted until the transaction ends.
 * @returns what to say when one is not there
 */
export async function holdSecrets(
  client: pg.ClientBase,
  publication: Pick<Reconfiguration, 'name' | 'config'>,
): Promise<BantamError | undefined> {
  const { secrets = {} } = publication.config;
  const names = [...new Set(Object.values(secrets))];
  if (names.length === 0) return undefined;
  const namespace = namespaceOf(publication.name);
  const { rows } = await client.query<{ name: string }>(
    'select name from secrets where namespace = $1 and name = any ($2) and version is not null order by name for share',
    [namespace, names],
  );
  const missing = names.find((name) => rows.every((row) => row.name !== name));
  if (missing === undefined) return undefined;
  const [env] = Object.entries(secrets).find(([, name]) => name === missing) ?? [];
  return new BantamError(
    'INVALID_CONFIG',
    `secrets.${env}: there is no secret "${missing}" in the namespace "${namespace}"; PUT /api/secrets/${missing} stores it`,
  );
}

/** Notes what a version that was just added names; `holdSecrets` was called for it. */
export async function noteSecrets(
  client: pg.ClientBase,
  functionId: string,
  version: number,
  publication: Pick<Reconfiguration, 'name' | 'config'>,
): Promise<void> {
  const entries = Object.entries(publication.config.secrets ?? {});
  if (entries.length === 0) return;
  await client.query(
    `insert into version_secrets (function_id, version, env, secret_id)
     select $1, $2, named.env, s.id from unnest($4::text[], $5::text[]) as named (env, name)
       join secrets s on s.namespace = $3 and s.name = named.name`,
    [functionId, version, namespaceOf(publication.name), entries.map(([env]) => env), entries.map(([, name]) => name)],
  );
}
