/** What the statements that end invocations have in common, as SQL: the entry of an attempt, and the events. */
import { limits } from '../../contracts/limits.ts';

/**
 * `attempts` of invocation `i` with the one that ends now.
 * @param status SQL of the guest's status, or null
 * @param code   SQL of the reason why the guest did not answer, or null
 */
export function withEnd(status: string, code: string): string {
  return `case when jsonb_array_length(i.attempts) < ${limits.maxRecordedAttempts} then i.attempts else i.attempts - 0 end ||
    jsonb_strip_nulls(jsonb_build_object('attempt', i.attempt, 'startedAt', i.started_at, 'endedAt', now(), 'worker', i.worker,
      'status', ${status}, 'code', ${code}))`;
}

/** Of an invocation that was changed: what `eventsOfEnds` needs. */
export const endedColumns = 'i.id, i.function, i.version, i.status, i.reason, i.code, i.schedule';

/** Writes the events of all rows of the common table `ended` that are final. An expression: it gives nothing. */
export const eventsOfEnds = `(
  select append_events(array_agg(type order by id, type desc), array_agg(data order by id, type desc))
  from (
    select id, 'invocation.finished' as type, json_strip_nulls(json_build_object(
      'id', id, 'function', function, 'version', version, 'status', status, 'code', code, 'schedule', schedule)) as data
    from ended where status in ('succeeded', 'failed', 'dead', 'cancelled')
    union all
    select id, 'invocation.dead', json_strip_nulls(json_build_object(
      'id', id, 'function', function, 'version', version, 'reason', reason, 'code', code))
    from ended where status = 'dead'
  ) as told)`;
