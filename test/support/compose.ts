/** docker-compose.yml as docker compose reads it, as far as that file goes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const file = join(import.meta.dirname, '../../docker-compose.yml');

export interface Service {
  readonly image: string;
  readonly build?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly tmpfs?: readonly string[];
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly read_only?: boolean;
  readonly container_name?: string;
  readonly stop_grace_period?: string;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

export interface ComposeFile {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, null>>;
}

/**
 * @param env what `${NAME:?message}` is replaced with
 * @throws Error with the message for what is not set
 */
export function readCompose(env: Readonly<Record<string, string>>): ComposeFile {
  const text = readFileSync(file, 'utf8').replaceAll(/\$\{([A-Z_]+):\?([^}]*)\}/g, (_, name: string, message: string) => {
    const value = env[name];
    if (value === undefined || value === '') throw new Error(`${name}: ${message}`);
    return value;
  });
  return parse(text, { merge: true }) as ComposeFile;
}
