/** Checks what a schedule is to be, and says in words what is wrong with it. */
import { Compile } from 'typebox/compile';
import { BantamError } from '../../contracts/errors.ts';
import { functionNamePattern, parseFunctionReference } from '../../contracts/names.ts';
import { ScheduleChange } from '../../contracts/schedule.ts';
import type { ScheduleSpec } from '../../registry/schedule-rows.ts';
import { nextTick } from './next.ts';

const validator = Compile(ScheduleChange);
const scheduleName = new RegExp(functionNamePattern);

/** @throws BantamError INVALID_NAME */
export function parseScheduleName(text: string): string {
  if (!scheduleName.test(text)) throw new BantamError('INVALID_NAME', `${JSON.stringify(text.slice(0, 80))} is not the name of a schedule`);
  return text;
}

/**
 * @param nowMs epoch milliseconds; there must be a tick after it
 * @throws BantamError INVALID_SCHEDULE, INVALID_NAME
 */
export function parseSchedule(name: string, value: unknown, nowMs: number): ScheduleSpec {
  const { function: reference, cron, timeZone, everyMs, body, overlap, missed, paused } = parseChange(value);
  parseFunctionReference(reference);
  if ((cron === undefined) === (everyMs === undefined)) throw invalid('it has to have either "cron" or "everyMs"');
  if (everyMs !== undefined && timeZone !== undefined) throw invalid('timeZone: "everyMs" is the same everywhere');
  const spec: ScheduleSpec = {
    name,
    function: reference,
    cron: cron?.trim(),
    timeZone: timeZone ?? 'UTC',
    everyMs,
    body: body === undefined ? undefined : JSON.stringify(body),
    overlap: overlap ?? 'skip',
    missed: missed ?? 'skip',
    paused: paused ?? false,
  };
  checkTimes(spec, nowMs);
  return spec;
}

function parseChange(value: unknown): ScheduleChange {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid('the body is not a JSON object');
  const unknown = Object.keys(value).find((member) => !Object.hasOwn(ScheduleChange.properties, member));
  if (unknown !== undefined)
    throw invalid(`${JSON.stringify(unknown.slice(0, 80))} is none of ${Object.keys(ScheduleChange.properties).join(', ')}`);
  if (validator.Check(value)) return value;
  const [first] = validator.Errors(value);
  if (first === undefined) throw invalid('it has members of a wrong type');
  const where = first.instancePath.slice(1).replaceAll('/', '.');
  const said = first.keyword === 'enum' ? `must be one of ${first.params.allowedValues.join(', ')}` : first.message;
  throw invalid(where === '' ? said : `${where}: ${said}`);
}

function checkTimes(spec: ScheduleSpec, nowMs: number): void {
  const { cron, timeZone } = spec;
  if (!isTimeZone(timeZone)) throw invalid(`timeZone: ${JSON.stringify(timeZone)} is not the name of a time zone, like "Europe/Berlin"`);
  if (cron === undefined) return;
  const fields = cron.split(/\s+/).length;
  // cron-parser would make up the fields that are missing.
  if (!cron.startsWith('@') && fields !== 5 && fields !== 6)
    throw invalid(`cron: it has 5 fields, or 6 with seconds first, and not ${fields}`);
  let next: number | undefined;
  try {
    next = nextTick(spec, nowMs, nowMs);
  } catch (error) {
    throw invalid(`cron: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (next === undefined) throw invalid(`cron: there is no time that ${JSON.stringify(cron)} fits`);
}

/** Names only: offsets and "local" mean something to Intl or cron-parser, too. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

function invalid(detail: string): BantamError {
  return new BantamError('INVALID_SCHEDULE', detail);
}
