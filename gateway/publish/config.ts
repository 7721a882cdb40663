/** Checks a function configuration and says in words what is wrong with it. */
import { Compile } from 'typebox/compile';
import { BantamError } from '../../contracts/errors.ts';
import { FunctionConfig } from '../../contracts/function.ts';

/** A FunctionConfig whose members may be null: "back to the default". */
export type ConfigChange = { readonly [Member in keyof FunctionConfig]?: FunctionConfig[Member] | null };

const validator = Compile(FunctionConfig);

/** @throws BantamError INVALID_CONFIG naming every member that is wrong */
export function parseConfig(value: unknown): FunctionConfig {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new BantamError('INVALID_CONFIG', 'the configuration is not a JSON object');
  if (validator.Check(value)) return value;
  const unknown = Object.keys(value).filter((member) => !Object.hasOwn(FunctionConfig.properties, member));
  const problems = new Set(unknown.map((member) => `${JSON.stringify(member)} is no member of a configuration`));
  for (const { keyword, instancePath, message } of validator.Errors(value)) {
    const problem = problemAt(instancePath.split('/').slice(1), keyword, message);
    if (problem !== undefined) problems.add(problem);
  }
  throw new BantamError(
    'INVALID_CONFIG',
    `${[...problems].slice(0, 10).join('; ')}; members are ${Object.keys(FunctionConfig.properties).join(', ')}`,
  );
}

function problemAt(path: readonly string[], keyword: string, message: string): string | undefined {
  const [member = '', part = ''] = path;
  if (!Object.hasOwn(FunctionConfig.properties, member)) return undefined;
  if (member === 'async' && (part === 'onSuccess' || part === 'onFailure'))
    return `async.${part} must be {"function": "name"} or {"url": "https://..."}`;
  // Said of the whole what `boolean` says of each.
  if (keyword === 'additionalProperties') return undefined;
  const said = wordsOf[member] ?? words;
  return `${nameOf(path)} ${said[keyword] ?? message}`;
}

/** What JSON Schema says of arguments and variables, so that a person understands it. */
const words: Readonly<Record<string, string>> = {
  pattern: 'must not contain U+0000',
  boolean: 'is no name of a variable: it has 1 to 256 characters, none of them "=" or U+0000',
};
const wordsOf: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  async: { boolean: 'is no member of async' },
  cors: { pattern: 'must be an origin such as https://example.com, "*", or a name of HTTP', boolean: 'is no member of cors' },
  secrets: { ...words, pattern: 'must be the name of a secret' },
};
const shownCharacters = 80;

function nameOf(path: readonly string[]): string {
  const name = path.map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~')).join('.');
  return name.length > shownCharacters ? `${name.slice(0, shownCharacters)}...` : name;
}

/** As `parseConfig`, where null stands for "back to the default". @throws BantamError INVALID_CONFIG */
export function parseConfigChange(value: unknown): ConfigChange {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return parseConfig(value);
  const removed = Object.entries(value).filter(([, member]) => member === null);
  const given = parseConfig(Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null)));
  parseConfig(Object.fromEntries(removed.filter(([name]) => !Object.hasOwn(FunctionConfig.properties, name))));
  return { ...given, ...Object.fromEntries(removed) };
}
