/** Turns an environment into typed settings, by a TypeBox schema whose properties are environment variables. Reads no process.env itself. */
import type { Static, TObject, TSchema } from 'typebox';
import { IsOptional } from 'typebox';
import { Value } from 'typebox/value';
import { closestName } from './closest.ts';
import { allSettings } from './settings.ts';

/** The names and values of an environment, as in process.env. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What is wrong with the environment; the message is fit for an operator, one line per problem. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/**
 * Annotations that a property of a settings schema may carry besides JSON Schema's own.
 * `unit`: what a number counts; `expected`: the pattern in words; `secret`: the value is never shown.
 */
export interface SettingSchema extends TSchema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: string | number | boolean;
  readonly enum?: readonly (string | number)[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly unit?: string;
  readonly expected?: string;
  readonly secret?: boolean;
}

/**
 * An empty string counts as not set. Variables that are not BANTAM_* and not in the schema are ignored, and so are the settings of
 * other processes, so that one environment can serve all of them.
 * @throws ConfigError naming every problem: values that do not fit, missing ones, unknown BANTAM_* names
 */
export function loadConfig<Schema extends TObject>(schema: Schema, env: Environment): Static<Schema> {
  const problems: string[] = [];
  const settings: Record<string, unknown> = {};
  for (const [name, property] of Object.entries(schema.properties)) {
    const setting: SettingSchema = property;
    const text = env[name];
    if (text !== undefined && text !== '') {
      const value = convert(setting, text);
      if (Value.Check(setting, value)) settings[name] = value;
      else
        problems.push(
          `${name}: expected ${describeSetting(setting)}, got ${setting.secret === true ? 'something else' : JSON.stringify(text)}`,
        );
    } else if (setting.default !== undefined) settings[name] = setting.default;
    else if (!IsOptional(property)) problems.push(`${name}: expected ${describeSetting(setting)}, but it is not set`);
  }
  problems.push(...unknownNames(env, Object.keys({ ...allSettings, ...schema.properties })));
  if (problems.length > 0) throw new ConfigError(problems);
  // Every property was checked above by the very schema that the type is made of.
  return settings as Static<Schema>;
}

/** @returns in words what a setting takes: "an integer from 0 to 65535" */
export function describeSetting(setting: SettingSchema): string {
  if (setting.type === 'integer')
    return `an integer from ${setting.minimum ?? Number.MIN_SAFE_INTEGER} to ${setting.maximum ?? Number.MAX_SAFE_INTEGER}`;
  if (setting.type === 'boolean') return 'true or false';
  if (setting.enum !== undefined) return `one of ${setting.enum.join(', ')}`;
  return setting.expected ?? 'text';
}

/** What cannot be converted stays text, which the schema then refuses. */
function convert(setting: SettingSchema, text: string): unknown {
  if (setting.type === 'integer' && /^-?[0-9]{1,16}$/.test(text)) return Number(text);
  if (setting.type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

function unknownNames(env: Environment, known: readonly string[]): string[] {
  const problems: string[] = [];
  for (const [name, text] of Object.entries(env)) {
    if (!name.startsWith('BANTAM_') || known.includes(name) || text === undefined || text === '') continue;
    const closest = closestName(name, known);
    problems.push(`${name}: there is no such setting${closest === undefined ? '' : `; did you mean ${closest}?`}`);
  }
  return problems;
}
