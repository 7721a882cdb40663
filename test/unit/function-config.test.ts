/** Configurations: what is refused is named, and what a kind of module cannot use is not ignored. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FunctionConfig } from '../../contracts/function.ts';
import { moduleKinds } from '../../contracts/kinds.ts';
import { limits } from '../../contracts/limits.ts';
import { parseConfig, parseConfigChange } from '../../gateway/publish/config.ts';
import { refuseUnusable } from '../../gateway/publish/settings.ts';

const invalid: readonly (readonly [what: string, config: object, detail: string])[] = [
  ['arguments that are no list', { args: 'a' }, 'args must be array'],
  ['an argument that is no text', { args: ['a', 1] }, 'args.1 must be string'],
  ['an argument with U+0000', { args: ['a\0b'] }, 'args.0 must not contain U+0000'],
  ['an argument of 4,097 characters', { args: ['x'.repeat(4_097)] }, 'args.0 must not have more than 4096 characters'],
  ['1,001 arguments', { args: Array.from({ length: 1_001 }, () => '') }, 'args must not have more than 1000 items'],
  ['an environment that is a list', { env: [] }, 'env must be object'],
  ['a variable that is no text', { env: { A: 1 } }, 'env.A must be string'],
  ['a variable with U+0000', { env: { A: 'a\0' } }, 'env.A must not contain U+0000'],
  ['a name with "="', { env: { 'A=B': '' } }, 'env.A=B is no name of a variable: it has 1 to 256 characters, none of them "=" or U+0000'],
  [
    'a name without characters',
    { env: { '': '' } },
    'env. is no name of a variable: it has 1 to 256 characters, none of them "=" or U+0000',
  ],
  [
    'a name of 257 characters',
    { env: { ['x'.repeat(257)]: '' } },
    `env.${'x'.repeat(76)}... is no name of a variable: it has 1 to 256 characters, none of them "=" or U+0000`,
  ],
  [
    'a secret for a variable without a name',
    { secrets: { '': 'db' } },
    'secrets. is no name of a variable: it has 1 to 256 characters, none of them "=" or U+0000',
  ],
  ['what cannot be the name of a secret', { secrets: { A: 'D_B' } }, 'secrets.A must be the name of a secret'],
  ['a secret that is no text', { secrets: { A: 1 } }, 'secrets.A must be string'],
  [
    '65 secrets',
    { secrets: Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`S${i}`, 'db'])) },
    'secrets must not have more than 64 properties',
  ],
  ['an unknown member of async', { async: { attemptz: 1 } }, 'async.attemptz is no member of async'],
  ['no attempts', { async: { attempts: 0 } }, 'async.attempts must be >= 1'],
  [
    'a destination that is no https URL',
    { async: { onSuccess: { url: 'http://hooks.example.com' } } },
    'async.onSuccess must be {"function": "name"} or {"url": "https://..."}',
  ],
  [
    'two destinations',
    { async: { onFailure: { function: 'a', url: 'https://a' } } },
    'async.onFailure must be {"function": "name"} or {"url": "https://..."}',
  ],
];

for (const [what, config, detail] of invalid) {
  test(`refuses ${what}`, () => {
    const message = `${detail}; members are ${Object.keys(FunctionConfig.properties).join(', ')}`;
    assert.throws(() => parseConfig(config), { code: 'INVALID_CONFIG', message });
  });
}

test('takes any other text, names that mean something to JavaScript included', () => {
  const env = JSON.parse('{"__proto__": "p", "constructor": "c", "ü /~": "=", "A": ""}') as Record<string, string>;
  const config = { args: ['', '-x', 'ü', '\n'], env };
  const kept = parseConfigChange(structuredClone(config));
  assert.deepEqual(kept.args, config.args);
  assert.deepEqual(Object.entries(kept.env ?? {}), Object.entries(env));
});

test('arguments, environment and files are for every kind but core, which is told why', () => {
  for (const kind of moduleKinds) {
    const check = (config: object, hasAssets: boolean): void => refuseUnusable(kind, config, hasAssets);
    check({}, false);
    if (kind !== 'core') check({ args: ['a'], env: { A: '1' }, secrets: { B: 'db' } }, true);
  }
  const why = 'the module imports nothing of WASI to read';
  assert.throws(() => refuseUnusable('core', { args: [] }, false), { code: 'INVALID_CONFIG', message: `args: ${why} arguments with` });
  assert.throws(() => refuseUnusable('core', { env: {} }, false), { code: 'INVALID_CONFIG', message: `env: ${why} an environment with` });
  assert.throws(() => refuseUnusable('core', { secrets: {} }, false), {
    code: 'INVALID_CONFIG',
    message: `secrets: ${why} an environment with`,
  });
  assert.throws(() => refuseUnusable('core', {}, true), {
    code: 'ASSETS_INVALID',
    message: `${why} files with: build it for WASI, or publish it without assets`,
  });
});

test('a variable is given by env or by a secret, not by both', () => {
  refuseUnusable('command', { env: { a: '1', constructor: '2' }, secrets: { A: 'db' } }, false);
  refuseUnusable('command', { env: {}, secrets: { constructor: 'db' } }, false);
  assert.throws(() => refuseUnusable('command', { env: { A: '1', B: '' }, secrets: { C: 'db', B: 'db' } }, false), {
    code: 'INVALID_CONFIG',
    message: 'secrets.B: env has a variable of this name',
  });
});

test('takes 64 secrets', () => {
  const secrets = Object.fromEntries(Array.from({ length: 64 }, (_, i) => [`S${i}`, 'db']));
  assert.deepEqual(parseConfig({ secrets }), { secrets });
});

test('arguments and environment have a limit together, in bytes of UTF-8', () => {
  const most = limits.maxArgumentBytes;
  const text = 'ü'.repeat(most / 8);
  const full = { args: [text, text], env: { AB: text, CD: text.slice(2) } };
  refuseUnusable('command', full, false);
  assert.throws(() => refuseUnusable('command', { ...full, args: [text, text, 'x'] }, false), {
    code: 'INVALID_CONFIG',
    message: `args and env have ${most + 1} bytes together; ${most} are allowed`,
  });
});

test('commands, which run once per instance, cannot keep one; all others can', () => {
  for (const kind of moduleKinds) {
    const check = (): void => refuseUnusable(kind, { reuse: true }, false);
    if (!kind.endsWith('command')) check();
    else assert.throws(check, { code: 'INVALID_CONFIG', message: /^reuse: a command runs once per instance/ });
    refuseUnusable(kind, { reuse: false }, false);
  }
});
