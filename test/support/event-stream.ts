/** A client of server-sent events, as a browser reads them (WHATWG HTML standard, section 9.2.6), that can also stop reading. */
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';

export interface ReceivedEvent {
  readonly id: string;
  readonly event: string;
  /** As JSON. */
  readonly data: { readonly id: string; readonly at?: string; readonly type: string; readonly data: Readonly<Record<string, unknown>> };
}

export class EventClient {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly events: ReceivedEvent[] = [];
  /** What a browser would send as Last-Event-ID. */
  lastEventId = '';
  /** Lines that are comments. */
  comments = 0;
  retryMs: number | undefined;
  /** `open`; then `ended` by the server in good order, or `broken`. */
  state: 'open' | 'ended' | 'broken' = 'open';
  readonly #response: IncomingMessage;
  #rest = '';

  constructor(response: IncomingMessage) {
    this.#response = response;
    this.status = response.statusCode ?? 0;
    this.headers = response.headers;
    response.setEncoding('utf8');
    response.on('data', (text: string) => this.#read(text));
    response.once('error', () => (this.state = 'broken'));
    response.once('end', () => (this.state = 'ended'));
  }

  get types(): string[] {
    return this.events.map(({ event }) => event);
  }

  /** Takes nothing from the connection. */
  pause(): void {
    this.#response.pause();
  }

  resume(): void {
    this.#response.resume();
  }

  /** Goes away. */
  close(): void {
    this.#response.destroy();
  }

  #read(text: string): void {
    const blocks = (this.#rest + text).split('\n\n');
    this.#rest = blocks.pop() ?? '';
    for (const block of blocks) this.#dispatch(block.split('\n'));
  }

  #dispatch(lines: readonly string[]): void {
    const fields = new Map<string, string>();
    for (const line of lines) {
      if (line.startsWith(':')) this.comments += 1;
      else fields.set(line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trimStart());
    }
    this.lastEventId = fields.get('id') ?? this.lastEventId;
    if (fields.has('retry')) this.retryMs = Number(fields.get('retry'));
    const data = fields.get('data');
    if (data === undefined) return;
    this.events.push({ id: this.lastEventId, event: fields.get('event') ?? 'message', data: JSON.parse(data) as ReceivedEvent['data'] });
  }
}

/** @param query what follows /api/events @param after sent as Last-Event-ID */
export function followEvents(base: string, query = '', after?: string): Promise<EventClient> {
  return new Promise((resolve, reject) => {
    const headers = { accept: 'text/event-stream', ...(after !== undefined && { 'last-event-id': after }) };
    const asked = request(`${base}/api/events${query}`, { headers, agent: false }, (response) => resolve(new EventClient(response)));
    asked.once('error', reject);
    asked.end();
  });
}
