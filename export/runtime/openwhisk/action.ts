/** A function as an action of OpenWhisk. */
import type { ExportedFunction } from '../function.ts';
import { callOf, isWebCall, type Parameters } from './request.ts';
import { plainResult, type Result, webResult } from './result.ts';

/** What OpenWhisk calls with the parameters of an activation. */
export type Action = (params: Parameters) => Result;

export function actionOf(exported: ExportedFunction): Action {
  return (params) => {
    const outcome = exported.call(callOf(params));
    return isWebCall(params) ? webResult(outcome) : plainResult(exported.version.kind, outcome);
  };
}
