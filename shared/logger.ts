/** The log of a process: JSON lines on stdout, or lines for people where that is a terminal. */
import { destination, type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';
import { prettyLine } from './pretty-log.ts';
import type { LogLevel } from './settings.ts';

export type { Logger } from 'pino';

export interface LoggerOptions {
  readonly level: LogLevel;
  /** The process: gateway, worker ... */
  readonly name: string;
}

/**
 * Lines have `level` as a word, `time` in ISO 8601, `pid`, `name`, `msg`, and an error under `err`; those about a call `requestId`,
 * `invocationId`, `function` and `version`, as far as they are known.
 * They are written synchronously, so that none is lost or out of order when the process ends; hence what happens on every call is logged at `debug` at most.
 */
export function createLogger({ level, name }: LoggerOptions): Logger {
  const options = {
    level,
    name,
    base: { pid: process.pid },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const lines = destination({ sync: true });
  return pino(options, process.stdout.isTTY ? forPeople(lines) : lines);
}

function forPeople(lines: DestinationStream): DestinationStream {
  return { write: (line) => lines.write(prettyLine(line)) };
}
