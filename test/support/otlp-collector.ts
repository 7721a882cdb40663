/** A collector of traces: a real HTTP server that takes what OTLP allows in JSON, field by field, and refuses the rest. */
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status: { readonly code?: number; readonly message?: string };
  /** By key. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** service.name of its resource. */
  readonly service: string;
}

/**
 * Fields of the messages in JSON, in lowerCamelCase, with what their values look like.
 * @see https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto
 * @see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
type Check = (value: unknown, at: string) => void;
const text: Check = (value, at) => must(typeof value === 'string', at);
const matching =
  (pattern: RegExp): Check =>
  (value, at) =>
    must(typeof value === 'string' && pattern.test(value), at);
const oneOf =
  (...values: readonly unknown[]): Check =>
  (value, at) =>
    must(values.includes(value), at);
const fixed64 = matching(/^\d{1,20}$/);
const id = (bytes: number): Check => matching(new RegExp(`^(?!0+$)[0-9a-f]{${bytes * 2}}$`));
const list =
  (check: Check): Check =>
  (value, at) => {
    must(Array.isArray(value), at);
    (value as unknown[]).forEach((one, i) => check(one, `${at}[${i}]`));
  };
const message =
  (fields: Readonly<Record<string, Check>>, required: readonly string[] = Object.keys(fields)): Check =>
  (value, at) => {
    must(typeof value === 'object' && value !== null && !Array.isArray(value), at);
    for (const name of required) must(Object.hasOwn(value as object, name), `${at}.${name}`);
    for (const [name, one] of Object.entries(value as object)) (fields[name] ?? unknown)(one, `${at}.${name}`);
  };
const unknown: Check = (_value, at) => must(false, at);

const anyValue = message(
  {
    stringValue: text,
    boolValue: oneOf(true, false),
    intValue: matching(/^-?\d+$/),
    doubleValue: (value, at) => must(typeof value === 'number', at),
  },
  [],
);
const attributes = list(message({ key: text, value: anyValue }));
const span = message(
  {
    traceId: id(16),
    spanId: id(8),
    traceState: text,
    parentSpanId: id(8),
    name: text,
    kind: oneOf(0, 1, 2, 3, 4, 5),
    startTimeUnixNano: fixed64,
    endTimeUnixNano: fixed64,
    attributes,
    status: message({ message: text, code: oneOf(0, 1, 2) }, []),
  },
  ['traceId', 'spanId', 'name', 'kind', 'startTimeUnixNano', 'endTimeUnixNano'],
);
const exportTraceServiceRequest = message({
  resourceSpans: list(
    message({
      resource: message({ attributes }),
      scopeSpans: list(message({ scope: message({ name: text, version: text }), spans: list(span) })),
    }),
  ),
});

function must(holds: boolean, at: string): void {
  if (!holds) throw new TypeError(`${at} is not as OTLP has it`);
}

interface KeyValue {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}
type WrittenSpan = Omit<CollectedSpan, 'attributes' | 'service'> & { readonly attributes: readonly KeyValue[] };
interface Written {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] };
    readonly scopeSpans: readonly { readonly spans: readonly WrittenSpan[] }[];
  }[];
}

export class OtlpCollector {
  readonly spans: CollectedSpan[] = [];
  readonly requests: IncomingHttpHeaders[] = [];
  /** What was refused because OTLP has it otherwise. */
  readonly faults: string[] = [];
  /** Answered instead of taking anything. */
  status: number | undefined;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** @param port default: any free one */
  static async start(port = 0): Promise<OtlpCollector> {
    const server = createServer();
    const collector = new OtlpCollector(server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        collector.requests.push(request.headers);
        const status = collector.#take(
          `${request.method} ${request.url} ${request.headers['content-type']}`,
          Buffer.concat(chunks).toString(),
        );
        response.writeHead(status, { 'content-type': 'application/json' }).end('{"partialSuccess":{}}');
      });
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return collector;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Spans of a trace, by name. */
  trace(traceId: string): ReadonlyMap<string, CollectedSpan> {
    return new Map(this.spans.filter((one) => one.traceId === traceId).map((one) => [one.name, one]));
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #take(head: string, body: string): number {
    if (this.status !== undefined) return this.status;
    try {
      must(head === 'POST /v1/traces application/json', head);
      const request: unknown = JSON.parse(body);
      exportTraceServiceRequest(request, 'request');
      this.spans.push(...collected(request as Written));
      return 200;
    } catch (error) {
      this.faults.push(String(error));
      return 400;
    }
  }
}

function collected({ resourceSpans }: Written): CollectedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = String(plain(resource.attributes)['service.name']);
    return scopeSpans.flatMap(({ spans }) => spans.map((one) => ({ ...one, attributes: plain(one.attributes), service })));
  });
}

function plain(given: readonly KeyValue[]): Record<string, unknown> {
  return Object.fromEntries(given.map(({ key, value }) => [key, Object.values(value)[0]]));
}
