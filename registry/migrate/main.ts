/** `npm run migrate`: brings the database of DATABASE_URL to the newest schema, waiting for it to come up. Exits 0 or 1. */
import { loadConfig } from '../../shared/config.ts';
import { runMain } from '../../shared/run-main.ts';
import { awaitMigrated } from './await-migrated.ts';
import { MigrateSettings } from './settings.ts';

await runMain(
  async () => {
    const { DATABASE_URL } = loadConfig(MigrateSettings, process.env);
    await awaitMigrated(DATABASE_URL, { info: (line) => console.log(line), warn: (line) => console.error(line) });
    console.log('the schema is up to date');
  },
  (code) => process.exit(code),
);
