/** The name of an attempt as one text, under which an engine keeps it. */
import type { AttemptName } from './port.ts';

export function attemptKey({ id, attempt }: AttemptName): string {
  return `${id}.${attempt}`;
}

/** @param key what `attemptKey` gave */
export function attemptOf(key: string): AttemptName {
  const dot = key.lastIndexOf('.');
  return { id: key.slice(0, dot), attempt: Number(key.slice(dot + 1)) };
}
