/** What the functions of a namespace are and store, and the refusal of a publish that would make it too much. */
import type pg from 'pg';
import { BantamError } from '../contracts/errors.ts';
import { namespaceOf } from '../contracts/names.ts';
import type { Publication } from './port.ts';

const retryAfterMs = 60_000;

/** Functions of a namespace, as an expression. @param namespace of a statement: `$1` */
export function functionsOf(namespace: string): string {
  return `(select count(*) from functions f where f.namespace = ${namespace} and exists (select from versions v where v.function_id = f.id))`;
}

/** Bytes of their modules and assets, each once, as an expression. @param namespace of a statement: `$1` */
export function storedBytesOf(namespace: string): string {
  return `(select coalesce(sum(size_bytes), 0) from (
    select m.size_bytes from modules m where m.digest in (${digestsOf('digest', namespace)})
    union all
    select a.size_bytes from assets a where a.digest in (${digestsOf('assets', namespace)})) as stored)`;
}

function digestsOf(column: 'digest' | 'assets', namespace: string): string {
  return `select v.${column} from functions f join versions v on v.function_id = f.id where f.namespace = ${namespace}`;
}

interface Counts {
  readonly functions: string;
  readonly stored_bytes: string;
  readonly is_there: boolean;
  readonly has_module: boolean;
  readonly has_assets: boolean;
}

/**
 * Publishes in a namespace with such a quota take turns: until the transaction ends no other is counted.
 * @returns what to say of a publication that its namespace has no room for
 */
export async function refusePastQuota(
  client: pg.ClientBase,
  { name, digest, bytes, assets }: Publication,
): Promise<BantamError | undefined> {
  const namespace = namespaceOf(name);
  const { rows: quotas } = await client.query<{ functions: number | null; stored_bytes: string | null }>(
    `select functions, stored_bytes from quotas where namespace = $1 and num_nonnulls(functions, stored_bytes) > 0 for no key update`,
    [namespace],
  );
  const [quota] = quotas;
  if (quota === undefined) return undefined;
  const { rows } = await client.query<Counts>(
    `select ${functionsOf('$1')} as functions, ${storedBytesOf('$1')} as stored_bytes,
       exists (select from functions f join versions v on v.function_id = f.id where f.name = $2) as is_there,
       decode($3, 'hex') in (${digestsOf('digest', '$1')}) as has_module,
       exists (${digestsOf('assets', '$1')} and v.assets = decode($4, 'hex')) as has_assets`,
    [namespace, name, digest, assets?.digest],
  );
  const counts = rows[0] as Counts;
  if (quota.functions !== null && !counts.is_there && Number(counts.functions) >= quota.functions)
    return pastQuota(namespace, 'functions', quota.functions, `has ${counts.functions} functions`);
  const newBytes = (counts.has_module ? 0 : bytes.length) + (assets === undefined || counts.has_assets ? 0 : assets.pack.length);
  if (quota.stored_bytes !== null && newBytes > 0 && Number(counts.stored_bytes) + newBytes > Number(quota.stored_bytes))
    return pastQuota(
      namespace,
      'storedBytes',
      Number(quota.stored_bytes),
      `stores ${counts.stored_bytes} bytes of modules and assets, and these are ${newBytes} more`,
    );
  return undefined;
}

function pastQuota(namespace: string, quota: 'functions' | 'storedBytes', limit: number, used: string): BantamError {
  return new BantamError('QUOTA_EXCEEDED', `the namespace "${namespace}" ${used}; its quota is ${limit}`, { quota, limit, retryAfterMs });
}
