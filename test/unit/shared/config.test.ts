import assert from 'node:assert/strict';
import test from 'node:test';
import { Type } from 'typebox';
import { EmbeddedSettings } from '../../../gateway/embedded/settings.ts';
import { GatewaySettings } from '../../../gateway/settings.ts';
import { ConfigError, type Environment, loadConfig } from '../../../shared/config.ts';
import { WorkerSettings } from '../../../worker/settings.ts';

const servers = { DATABASE_URL: 'postgres://user:secret@host/bantam', REDIS_URL: 'redis://host:6379' };

test('an empty environment gives the embedded server its defaults', () => {
  const settings = loadConfig(EmbeddedSettings, {});
  assert.equal(settings.BANTAM_HOST, '127.0.0.1');
  assert.equal(settings.BANTAM_PORT, 8080);
  assert.equal(settings.BANTAM_DATA_DIR, '.bantam');
  assert.equal(settings.BANTAM_LOG_LEVEL, 'warn');
  assert.equal(Object.hasOwn(settings, 'DATABASE_URL'), false);
});

test('values are converted to the type of their setting', () => {
  const schema = Type.Object({ FLAG: Type.Boolean(), COUNT: Type.Integer(), WORD: Type.String() });
  assert.deepEqual(loadConfig(schema, { FLAG: 'true', COUNT: '-12', WORD: '12' }), { FLAG: true, COUNT: -12, WORD: '12' });
  assert.deepEqual(loadConfig(schema, { FLAG: 'false', COUNT: '0', WORD: 'x' }), { FLAG: false, COUNT: 0, WORD: 'x' });
});

test('an empty string counts as not set', () => {
  const settings = loadConfig(EmbeddedSettings, { BANTAM_PORT: '', REDIS_URL: '' });
  assert.equal(settings.BANTAM_PORT, 8080);
  assert.equal(Object.hasOwn(settings, 'REDIS_URL'), false);
  assert.deepEqual(problemsOf(GatewaySettings, { ...servers, REDIS_URL: '' }), [
    'REDIS_URL: expected a URL starting with redis:// or rediss://, but it is not set',
  ]);
});

test('all problems are reported at once, one line each', () => {
  const env = { BANTAM_PORT: 'http', BANTAM_LOG_LEVEL: 'loud', BANTAM_PROT: '80', REDIS_URL: 'redis://host' };
  assert.throws(() => loadConfig(GatewaySettings, env), {
    name: 'ConfigError',
    message: [
      'BANTAM_PORT: expected an integer from 0 to 65535, got "http"',
      'DATABASE_URL: expected a URL starting with postgres:// or postgresql://, but it is not set',
      'BANTAM_LOG_LEVEL: expected one of trace, debug, info, warn, error, fatal, silent, got "loud"',
      'BANTAM_PROT: there is no such setting; did you mean BANTAM_PORT?',
    ].join('\n'),
  });
});

for (const text of ['65536', '-1', '80.5', '1e3', '0x50', ' 80', '80 ', '99999999999999999999', 'NaN']) {
  test(`${JSON.stringify(text)} is not a port`, () => {
    assert.deepEqual(problemsOf(EmbeddedSettings, { BANTAM_PORT: text }), [
      `BANTAM_PORT: expected an integer from 0 to 65535, got ${JSON.stringify(text)}`,
    ]);
  });
}

test('a secret is not repeated in the message', () => {
  const [problem] = problemsOf(EmbeddedSettings, { DATABASE_URL: 'mysql://user:secret@host/bantam' });
  assert.equal(problem, 'DATABASE_URL: expected a URL starting with postgres:// or postgresql://, got something else');
});

test('an unknown BANTAM_* name far from all others gets no suggestion', () => {
  assert.deepEqual(problemsOf(EmbeddedSettings, { BANTAM_ZZZZZZZZZZZZ: '1' }), ['BANTAM_ZZZZZZZZZZZZ: there is no such setting']);
});

test('one environment serves every process: settings of the others are neither read nor refused', () => {
  const env = { ...servers, BANTAM_PORT: 'not looked at by workers', BANTAM_WORKER_PORT: '9000', PATH: '/bin' };
  const settings = loadConfig(WorkerSettings, env);
  assert.equal(settings.BANTAM_LOG_LEVEL, 'info');
  assert.equal(settings.BANTAM_WORKER_PORT, 9000);
  assert.equal(Object.hasOwn(settings, 'BANTAM_PORT'), false);
  assert.equal(Object.hasOwn(settings, 'PATH'), false);
});

function problemsOf(schema: Parameters<typeof loadConfig>[0], env: Environment): readonly string[] {
  try {
    loadConfig(schema, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}
