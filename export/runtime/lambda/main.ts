/** The entry of the handler: index.mjs of the bundle hands it to Lambda. Opened at once, in the initialisation that Lambda does ahead of calls. */
import { join } from 'node:path';
import { openFunction } from '../open.ts';
import { handlerOf } from './handler.ts';

/** @see handlerOf */
export const handler = handlerOf(openFunction(join(import.meta.dirname, '../../../..'), process.env));
