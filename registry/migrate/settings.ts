/** The environment of the migrate process. */
import { type Static, Type } from 'typebox';
import { database } from '../../shared/settings.ts';

export const MigrateSettings = Type.Object({ ...database });
export type MigrateSettings = Static<typeof MigrateSettings>;
