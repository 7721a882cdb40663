/** Looks for texts in everything that a deployment keeps, sends and prints. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { runSql } from './postgres.ts';

/** @returns which of the texts are in it: as they are, in base64, or as PostgreSQL shows bytes */
export function textsIn(content: Buffer | string, texts: readonly string[]): string[] {
  return texts.filter((text) => {
    const bytes = Buffer.from(text);
    return [text, bytes.toString('hex'), ...base64FormsOf(bytes)].some((form) => content.includes(form));
  });
}

/** In base64 the same bytes look otherwise at each of three places; what depends on the neighbours is cut off. */
function base64FormsOf(bytes: Buffer): string[] {
  return [0, 1, 2].map((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    return whole.slice(before === 0 ? 0 : before + 1, -1);
  });
}

/** Every row of every table. */
export async function textsInPostgres(url: string, texts: readonly string[]): Promise<string[]> {
  const tables = await runSql<{ name: string }>(url, `select quote_ident(tablename) as name from pg_tables where schemaname = 'public'`);
  const contents = await Promise.all(tables.map(({ name }) => runSql<{ row: string }>(url, `select t::text as row from ${name} t`)));
  return textsIn(
    contents
      .flat()
      .map(({ row }) => row)
      .join('\n'),
    texts,
  );
}

/** Every file below a folder. */
export async function textsInFolder(folder: string, texts: readonly string[]): Promise<string[]> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const found = new Set<string>();
  for (const file of files.filter((entry) => entry.isFile())) {
    // Postgres goes on with its own meanwhile.
    const content = await readFile(join(file.parentPath, file.name)).catch(() => Buffer.alloc(0));
    for (const text of textsIn(content, texts)) found.add(text);
  }
  return [...found];
}

export interface RedisWatch {
  /** What was said to Redis since. */
  readonly texts: () => string;
  stop(): void;
}

/** Hears every command that any client gives. */
export async function watchRedis(url: string): Promise<RedisWatch> {
  const client = new Redis(url);
  const monitor = await client.monitor();
  let said = '';
  monitor.on('monitor', (_time: string, args: readonly string[]) => {
    said += `${args.join(' ')}\n`;
  });
  return {
    texts: () => said,
    stop() {
      monitor.disconnect();
      client.disconnect();
    },
  };
}
