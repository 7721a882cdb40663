/** What is counted of one function: every call costs one entry of a histogram and a few additions. */
import { STATUS_CODES } from 'node:http';
import { errorCatalogue } from '../../contracts/error-catalogue.ts';
import type { ErrorCode } from '../../contracts/errors.ts';
import type { Answer, Failure } from '../../contracts/invocation.ts';
import type { FunctionLabel } from './function-labels.ts';
import { Tally } from './tally.ts';

/** How a call comes to a worker. */
export const lanes = ['sync', 'async'] as const;
export type Lane = (typeof lanes)[number];

/** What became of a call, as far as it is counted. */
export type Outcome = Pick<Answer, 'ok' | 'status' | 'timing'> | Failure;

/** HTTP status of an answer, or why there was none. */
export type Result = number | ErrorCode;

/** Of one function in one lane. */
export class LaneSeries {
  /** Durations by result. */
  readonly results = new Map<Result, Tally>();
  started = 0;
  coldStarts = 0;
  runUs = 0;

  /** @param totalUs from its arrival to its end */
  ended(outcome: Outcome, totalUs: number): void {
    this.#add(outcome.ok ? statusLabel(outcome.status) : outcome.code, totalUs);
    if (outcome.timing === undefined) return;
    this.runUs += outcome.timing.runUs;
    if (outcome.timing.compileUs !== undefined) this.coldStarts++;
  }

  /** The call was started and came to nothing before it was handed on. */
  refused(code: ErrorCode, totalUs: number): void {
    this.#add(code, totalUs);
  }

  #add(result: Result, totalUs: number): void {
    let tally = this.results.get(result);
    if (tally === undefined) {
      tally = new Tally();
      this.results.set(result, tally);
    }
    tally.add(totalUs / 1e6);
  }
}

export class FunctionSeries {
  readonly label: FunctionLabel;
  readonly sync = new LaneSeries();
  readonly async = new LaneSeries();

  constructor(label: FunctionLabel) {
    this.label = label;
  }
}

/** @returns the status, or the first one of its class where it is none of HTTP's: guests may answer with any, and each would be a series */
function statusLabel(status: number): number {
  return STATUS_CODES[status] === undefined ? Math.floor(status / 100) * 100 : status;
}

/** @returns what the labels of a result are; an answer has nobody to blame, whatever its status */
export function resultLabels(result: Result): { readonly code: string; readonly blame: string; readonly status: number } {
  if (typeof result === 'number') return { code: 'ok', blame: 'none', status: result };
  const { blame, status } = errorCatalogue[result];
  return { code: result, blame, status };
}
