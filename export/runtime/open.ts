/** From the folder of a bundle to its function, ready to be called. */
import { readBundle } from './bundle.ts';
import { addMissingFeatures } from './features.ts';
import { type Environment, ExportedFunction } from './function.ts';

/** Enough for the guest's frames beneath those of its host. */
const stackTraceLimit = 50;

/**
 * What the guest writes besides its answers goes to standard error, which platforms keep as the log of a call.
 * @param environment of the process, where the values of secrets are
 * @throws Error when the bundle is not whole
 */
export function openFunction(folder: string, environment: Environment): ExportedFunction {
  addMissingFeatures();
  Error.stackTraceLimit = stackTraceLimit;
  return new ExportedFunction(readBundle(folder), { environment, writeLog: (log) => void process.stderr.write(log) });
}
