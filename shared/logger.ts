/** The log of a process: JSON lines on stdout. */
import { destination, type Logger, pino, stdTimeFunctions } from 'pino';
import type { LogLevel } from './settings.ts';

export type { Logger } from 'pino';

export interface LoggerOptions {
  readonly level: LogLevel;
  /** The process: gateway, worker ... */
  readonly name: string;
}

/**
 * Lines have `level` as a word, `time` in ISO 8601, `pid`, `name`, `msg`, and an error under `err`.
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
  return pino(options, destination({ sync: true }));
}
