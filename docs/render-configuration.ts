/** docs/configuration.md: every setting, and which processes read it. */
import type { TObject } from 'typebox';
import { EmbeddedSettings } from '../gateway/embedded/settings.ts';
import { GatewaySettings } from '../gateway/settings.ts';
import { MigrateSettings } from '../registry/migrate/settings.ts';
import { describeSetting, type SettingSchema } from '../shared/config.ts';
import { allSettings } from '../shared/settings.ts';
import { WorkerSettings } from '../worker/settings.ts';
import { generatedFrom, markdownTable } from './markdown.ts';

/** By the npm script that starts the process. */
const processes: Readonly<Record<string, TObject>> = {
  start: EmbeddedSettings,
  gateway: GatewaySettings,
  worker: WorkerSettings,
  migrate: MigrateSettings,
};

const introduction = `# Configuration

Bantam is configured by environment variables. Each process (\`npm start\`, \`npm run gateway\`, \`npm run worker\`, \`npm run migrate\`) reads those marked for
it and leaves those of the others alone, so that one environment can serve all of them. An empty variable counts as not set. A value that does not fit, a
required variable that is missing and a \`BANTAM_*\` variable that is not in this table are errors: the process names all of them and exits with 1.`;

export function renderConfiguration(): string {
  const rows = Object.entries(allSettings).map(([name, setting]) => settingRow(name, setting));
  const table = markdownTable(['Variable', 'Read by', 'Takes', 'Default', 'What for'], rows);
  return `${generatedFrom('shared/settings.ts and the files it takes in')}\n\n${introduction}\n\n${table}\n`;
}

function settingRow(name: string, setting: SettingSchema): string[] {
  const readers = Object.entries(processes).filter(([, { properties }]) => Object.hasOwn(properties, name));
  return [
    `\`${name}\``,
    readers.map(([process]) => process).join(', '),
    setting.unit === undefined ? describeSetting(setting) : `${describeSetting(setting)} (${setting.unit})`,
    defaultOf(name, readers),
    setting.description ?? '',
  ];
}

/** Processes may differ in the default of a setting, and in whether it is required. */
function defaultOf(name: string, readers: readonly [string, TObject][]): string {
  const byDefault = Map.groupBy(readers, ([, { properties, required }]) => {
    const setting: SettingSchema | undefined = properties[name];
    if (setting?.default !== undefined) return `\`${setting.default}\``;
    return required.includes(name) ? 'required' : 'none';
  });
  if (byDefault.size === 1) return [...byDefault.keys()].join('');
  return [...byDefault].map(([value, users]) => `${value} (${users.map(([process]) => process).join(', ')})`).join(', ');
}
