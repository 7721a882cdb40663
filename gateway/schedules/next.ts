/** When a schedule is due: the first tick after an instant. Pure. */
import { CronDate, type CronExpression, CronExpressionParser, CronMonth } from 'cron-parser';
import type { ScheduleSpec } from '../../registry/schedule-rows.ts';

export type Timing = Pick<ScheduleSpec, 'name' | 'cron' | 'timeZone' | 'everyMs'>;

const hourMs = 3_600_000;

/**
 * Ticks of `everyMs` are whole multiples after `createdAtMs`; those of `cron` fall on whole seconds. Where the clock of the time zone is put forward, a
 * time that is left out is an hour later; where it is put back, a time that comes twice counts once, but for patterns with `*` as hours.
 * @param afterMs epoch milliseconds
 * @returns epoch milliseconds; undefined when there is no further one
 * @throws Error for an expression that is none, in words of cron-parser
 */
export function nextTick({ name, cron, timeZone, everyMs }: Timing, createdAtMs: number, afterMs: number): number | undefined {
  if (everyMs !== undefined) return createdAtMs + everyMs * Math.max(1, Math.floor((afterMs - createdAtMs) / everyMs) + 1);
  // The seed makes `H` stand for the same at every gateway.
  const parse = (fromMs: number): CronExpression =>
    CronExpressionParser.parse(cron ?? '', { tz: timeZone, currentDate: new Date(fromMs), hashSeed: name });
  const expression = parse(afterMs);
  if (isEmpty(expression)) return undefined;
  // Every hour is taken as it comes: nothing is made up for or left out, and there may be a tick each second since the change.
  const startMs = expression.fields.hour.isWildcard ? afterMs : beforeChange(afterMs, timeZone);
  return firstAfter(startMs === afterMs ? expression : parse(startMs), afterMs);
}

/** cron-parser knows which times were left out or come twice only if it has seen the clock change. */
function beforeChange(ms: number, timeZone: string): number {
  return offsetAt(ms, timeZone) === offsetAt(ms - hourMs, timeZone) ? ms : ms - hourMs;
}

/** Minutes. */
function offsetAt(ms: number, timeZone: string): number {
  return new CronDate(new Date(ms), timeZone).getUTCOffset();
}

function firstAfter(expression: CronExpression, afterMs: number): number | undefined {
  for (;;) {
    let ms: number;
    try {
      ms = expression.next().getTime();
    } catch {
      return undefined;
    }
    if (ms > afterMs) return ms;
  }
}

/** Days that none of the months has: cron-parser would search a quarter of a second for them. */
function isEmpty({ fields: { dayOfMonth, month, dayOfWeek } }: CronExpression): boolean {
  if (!dayOfWeek.isWildcard || dayOfMonth.hasLastChar) return false;
  const longest = Math.max(...month.values.map((value) => CronMonth.daysInMonth[value - 1] ?? 0));
  return dayOfMonth.values.every((day) => Number(day) > longest);
}
