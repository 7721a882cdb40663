/** The workers that there are. What one of them runs belongs to nobody once it is struck off. */
import type pg from 'pg';
import { onPostgres } from '../../shared/postgres.ts';
import { storable } from './columns.ts';

export interface WorkerRow {
  readonly id: string;
  readonly host: string;
  readonly startedAt: string;
  readonly beats: string;
}

/** See WorkerStore. */
export async function joinWorkers(pool: pg.Pool, worker: string, host: string): Promise<void> {
  await onPostgres(() =>
    pool.query(
      `with changed as (insert into workers (id, host) values ($1, $2) on conflict (id) do nothing returning id, host)
       select ${eventOf('worker.joined')}`,
      [worker, storable(host)],
    ),
  );
}

/** A claim whose answer was lost on the way: what a worker began so long ago and does not know of, it will never end. */
const forgottenAfter = "interval '10 s'";

/** See WorkerStore. */
export async function beat(pool: pg.Pool, worker: string, running: readonly string[]): Promise<readonly string[] | undefined> {
  const { rows } = await onPostgres(() =>
    pool.query<{ lost: string[] }>(
      `with beaten as (update workers set beats = beats + 1 where id = $1 returning id
       ), forgotten as (
         update invocations set worker = null
         where worker = $1 and status = 'running' and started_at < now() - ${forgottenAfter} and id <> all($2::uuid[])
       )
       select array(
         select r.id from unnest($2::uuid[]) as r (id)
         where not exists (select from invocations i where i.id = r.id and i.status = 'running' and i.worker = $1)) as lost
       from beaten`,
      [worker, running],
    ),
  );
  return rows[0]?.lost;
}

/** See WorkerStore. */
export async function leaveWorkers(pool: pg.Pool, worker: string): Promise<void> {
  await onPostgres(() =>
    pool.query(`with changed as (delete from workers where id = $1 returning id, host) select ${eventOf('worker.left')}`, [worker]),
  );
}

/** See WorkerStore. */
export async function listWorkers(pool: pg.Pool): Promise<readonly WorkerRow[]> {
  const { rows } = await onPostgres(() =>
    pool.query<Omit<WorkerRow, 'startedAt'> & { started_at: Date }>(
      'select id, host, started_at, beats from workers order by started_at, id',
    ),
  );
  return rows.map(({ id, host, started_at, beats }) => ({ id, host, startedAt: started_at.toISOString(), beats }));
}

/** See WorkerStore. */
export async function giveUpWorker(pool: pg.Pool, worker: string, beats: string): Promise<boolean> {
  const { rows } = await onPostgres(() =>
    pool.query<{ done: boolean }>(
      `with changed as (delete from workers where id = $1 and beats = $2 returning id, host)
       select exists (select from changed) as done, ${eventOf('worker.lost')}`,
      [worker, beats],
    ),
  );
  return rows[0]?.done ?? false;
}

/** Of the common table `changed`, if there is a row in it. */
function eventOf(type: 'worker.joined' | 'worker.left' | 'worker.lost'): string {
  return `(select append_events(array_agg('${type}'::text), array_agg(json_build_object('worker', id, 'host', host))) from changed)`;
}
