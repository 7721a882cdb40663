/** The certificate of the HTTP server, read from files, and again when they change: a renewed one needs no restart. */
import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { Logger } from '../shared/logger.ts';
import { StartupError } from '../shared/startup-error.ts';

export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

/** PEM. */
export interface Certificate {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** Between two looks at the files. Looked at, and not watched: they may be on any file system, and behind links that change. */
const lookEveryMs = 1_000;

/** @throws StartupError when the files cannot be read, or do not fit together */
export function readCertificate(files: TlsFiles): Certificate {
  try {
    return read(files);
  } catch (error) {
    throw new StartupError(`BANTAM_TLS_CERT and BANTAM_TLS_KEY: ${reasonOf(error)}`, { cause: error });
  }
}

/**
 * Follows the files, and SIGHUP. What is wrong with new ones is logged, and the old certificate stays.
 * @returns ends it
 */
export function followCertificate(
  files: TlsFiles,
  use: (certificate: Certificate) => void,
  log: Pick<Logger, 'info' | 'warn'>,
): () => void {
  const reload = (): void => {
    try {
      use(read(files));
      log.info('the certificate was read again');
    } catch (error) {
      log.warn({ reason: reasonOf(error) }, 'the certificate could not be read again: the one from before stays');
    }
  };
  for (const file of [files.cert, files.key]) watchFile(file, { interval: lookEveryMs, persistent: false }, reload);
  process.on('SIGHUP', reload);
  return () => {
    for (const file of [files.cert, files.key]) unwatchFile(file, reload);
    process.off('SIGHUP', reload);
  };
}

function read(files: TlsFiles): Certificate {
  const certificate = { cert: readFileSync(files.cert), key: readFileSync(files.key) };
  createSecureContext(certificate);
  return certificate;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
