/** A function as a handler of Lambda. */
import type { ExportedFunction } from '../function.ts';
import { callOf, isHttpEvent } from './event.ts';
import { httpResult, invocationResult } from './result.ts';

/** What Lambda calls with the event of an invocation. */
export type Handler = (event: unknown) => Promise<unknown>;

/** @returns a handler that rejects with InvocationError where a call without HTTP fails */
export function handlerOf(exported: ExportedFunction): Handler {
  return async (event) => {
    const outcome = exported.call(callOf(event));
    return isHttpEvent(event) ? httpResult(outcome) : invocationResult(exported.version.kind, outcome);
  };
}
