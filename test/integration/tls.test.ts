/** The certificate of a server: read from files, and again when they change. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { connect } from 'node:tls';
import { followCertificate, readCertificate, type TlsFiles } from '../../gateway/tls.ts';
import { StartupError } from '../../shared/startup-error.ts';
import { eventually } from '../support/eventually.ts';

const fixtures = join(import.meta.dirname, '..', 'fixtures', 'tls');

async function filesOf(t: TestContext): Promise<TlsFiles> {
  const folder = await mkdtemp(join(tmpdir(), 'bantam-tls-'));
  t.after(() => rm(folder, { recursive: true }));
  const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  await replace(files, 'localhost');
  return files;
}

async function replace({ cert, key }: TlsFiles, by: 'localhost' | 'renewed'): Promise<void> {
  await copyFile(join(fixtures, `${by}-cert.pem`), cert);
  await copyFile(join(fixtures, `${by}-key.pem`), key);
}

/** @returns the name on the certificate that a new connection gets */
async function nameAt(port: number): Promise<unknown> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { CN } = socket.getPeerCertificate().subject;
  socket.destroy();
  return CN;
}

/** @returns its port, and what was logged */
async function serve(t: TestContext, files: TlsFiles): Promise<{ port: number; lines: string[] }> {
  const server = createServer({ ...readCertificate(files) });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const lines: string[] = [];
  const log = {
    info: (message: unknown) => lines.push(String(message)),
    warn: (_: unknown, message?: string) => lines.push(String(message)),
  };
  const unfollow = followCertificate(files, (certificate) => server.setSecureContext(certificate), log);
  t.after(() => {
    unfollow();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, lines };
}

test('new connections get the renewed certificate once the files have it', async (t) => {
  const files = await filesOf(t);
  const { port } = await serve(t, files);
  assert.equal(await nameAt(port), 'localhost');
  await replace(files, 'renewed');
  await eventually(async () => (await nameAt(port)) === 'renewed', { timeoutMs: 10_000 });
});

test('SIGHUP reads the files at once', async (t) => {
  const files = await filesOf(t);
  const { port, lines } = await serve(t, files);
  process.kill(process.pid, 'SIGHUP');
  await eventually(() => lines.includes('the certificate was read again'));
  assert.equal(await nameAt(port), 'localhost');
});

test('what does not fit together is not used: the certificate from before stays', async (t) => {
  const files = await filesOf(t);
  const { port, lines } = await serve(t, files);
  await copyFile(join(fixtures, 'renewed-cert.pem'), files.cert);
  await eventually(() => lines.includes('the certificate could not be read again: the one from before stays'), { timeoutMs: 10_000 });
  assert.equal(await nameAt(port), 'localhost');
  await copyFile(join(fixtures, 'renewed-key.pem'), files.key);
  await eventually(async () => (await nameAt(port)) === 'renewed', { timeoutMs: 10_000 });
});

test('at start, files that are missing, are none or do not fit together are named as what is wrong', async (t) => {
  const files = await filesOf(t);
  const refused = (pattern: RegExp): void =>
    assert.throws(
      () => readCertificate(files),
      (error) => error instanceof StartupError && pattern.test(error.message),
    );
  await copyFile(join(fixtures, 'renewed-key.pem'), files.key);
  refused(/^BANTAM_TLS_CERT and BANTAM_TLS_KEY: .*mismatch/i);
  await writeFile(files.cert, 'nonsense');
  refused(/^BANTAM_TLS_CERT and BANTAM_TLS_KEY: /);
  await rm(files.cert);
  refused(/ENOENT.*cert\.pem/);
});
