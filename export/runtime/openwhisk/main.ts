/** The entry of the action: index.js of the bundle hands `main` to OpenWhisk. Opened at the first call, when the environment is what it will be. */
import { join } from 'node:path';
import { openFunction } from '../open.ts';
import { type Action, actionOf } from './action.ts';

/** The root of the bundle. */
const folder = join(import.meta.dirname, '../../../..');
let action: Action | undefined;

export const main: Action = (params) => {
  action ??= actionOf(openFunction(folder, process.env));
  return action(params);
};
