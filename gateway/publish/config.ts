/** Checks a function configuration and says in words what is wrong with it. */
import { Compile } from 'typebox/compile';
import { BantamError } from '../../contracts/errors.ts';
import { FunctionConfig } from '../../contracts/function.ts';
import type { ConfigChange } from './publisher.ts';

const validator = Compile(FunctionConfig);

/** @throws BantamError INVALID_CONFIG naming every member that is wrong */
export function parseConfig(value: unknown): FunctionConfig {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new BantamError('INVALID_CONFIG', 'the configuration is not a JSON object');
  if (validator.Check(value)) return value;
  const unknown = Object.keys(value).filter((member) => !Object.hasOwn(FunctionConfig.properties, member));
  const problems = unknown.map((member) => `${JSON.stringify(member)} is no member of a configuration`);
  for (const { instancePath, message } of validator.Errors(value)) {
    const path = instancePath.split('/').slice(1);
    if (Object.hasOwn(FunctionConfig.properties, path[0] ?? '')) problems.push(`${path.join('.')} ${message}`);
  }
  throw new BantamError(
    'INVALID_CONFIG',
    `${problems.slice(0, 10).join('; ')}; members are ${Object.keys(FunctionConfig.properties).join(', ')}`,
  );
}

/** As `parseConfig`, where null stands for "back to the default". @throws BantamError INVALID_CONFIG */
export function parseConfigChange(value: unknown): ConfigChange {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return parseConfig(value);
  const removed = Object.entries(value).filter(([, member]) => member === null);
  const given = parseConfig(Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null)));
  parseConfig(Object.fromEntries(removed.filter(([name]) => !Object.hasOwn(FunctionConfig.properties, name))));
  return { ...given, ...Object.fromEntries(removed) };
}
