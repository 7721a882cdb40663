/** A client of a function's log, as curl reads it, that follows it line by line. */
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import type { GuestLogLine } from '../../contracts/guest-log.ts';
import { type HttpAnswer, send } from './http.ts';

export type LogFormat = 'application/x-ndjson' | 'text/event-stream';

/** @param text a whole answer, or as much of one as has come @returns the lines that are complete */
export function linesOf(text: string, format: LogFormat): GuestLogLine[] {
  if (format === 'application/x-ndjson')
    return text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as GuestLogLine);
  const blocks = text.split('\n\n').slice(0, -1);
  return blocks.flatMap((block) => {
    const fields = new Map(
      block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trimStart()]),
    );
    const data = fields.get('data');
    if (data === undefined) return [];
    const line = JSON.parse(data) as GuestLogLine;
    if (fields.get('id') !== line.id) throw new Error(`an event is named ${fields.get('id')}, and its line ${line.id}`);
    return [line];
  });
}

/** @param query what follows /logs */
export async function readLog(base: string, name: string, query = ''): Promise<GuestLogLine[]> {
  const answer: HttpAnswer = await send(base, `/api/functions/${name}/logs${query}`);
  if (answer.status !== 200) throw new Error(answer.text);
  return linesOf(answer.text, 'application/x-ndjson');
}

export class LogClient {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  state: 'open' | 'ended' | 'broken' = 'open';
  readonly #response: IncomingMessage;
  readonly #format: LogFormat;
  #text = '';

  constructor(response: IncomingMessage, format: LogFormat) {
    this.#response = response;
    this.#format = format;
    this.status = response.statusCode ?? 0;
    this.headers = response.headers;
    response.setEncoding('utf8');
    response.on('data', (text: string) => (this.#text += text));
    response.once('error', () => (this.state = 'broken'));
    response.once('end', () => (this.state = 'ended'));
  }

  get lines(): readonly GuestLogLine[] {
    return linesOf(this.#text, this.#format);
  }

  /** What they say. */
  get texts(): readonly string[] {
    return this.lines.map(({ line }) => line);
  }

  /** Goes away. */
  close(): void {
    this.#response.destroy();
  }
}

/** @param query what follows ?follow=1 @param lastEventId of the line after which it goes on */
export function followLog(
  base: string,
  name: string,
  query = '',
  { format = 'application/x-ndjson', lastEventId }: { readonly format?: LogFormat; readonly lastEventId?: string } = {},
): Promise<LogClient> {
  return new Promise((resolve, reject) => {
    const headers = { accept: format, ...(lastEventId !== undefined && { 'last-event-id': lastEventId }) };
    const asked = request(`${base}/api/functions/${name}/logs?follow=1${query}`, { headers, agent: false }, (response) =>
      resolve(new LogClient(response, format)),
    );
    asked.once('error', reject);
    asked.end();
  });
}
