/** Sends traces to a collector: OTLP over HTTP, in batches, behind the backs of the calls. What does not get through in time is dropped, and counted. */
import { exportRequest, type Resource } from './otlp.ts';
import { type JsonPoster, jsonPoster } from './post.ts';
import { spansOf, type TracedCall } from './spans.ts';

export interface TraceExporterOptions {
  /** Of the collector, without /v1/traces. */
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly resource: Resource;
  readonly log: { warn(fields: object, message: string): void; info(fields: object, message: string): void };
}

/** Calls: each is five spans at most. Writing a batch takes about a millisecond, which calls may have to wait. */
const maxWaiting = 8_192;
const maxBatch = 64;
const sendEveryMs = 1_000;
/** After an answer that asks to come again, or none. */
const retryMs = 5_000;
const timeoutMs = 10_000;
/** For the last ones, when the process ends. */
const lastMs = 2_000;

/** Codes that ask the client to try again (OTLP specification, "Retryable Response Codes"). */
const retryable = new Set([429, 502, 503, 504]);

export class TraceExporter {
  readonly #options: TraceExporterOptions;
  readonly #url: string;
  readonly #timer: NodeJS.Timeout;
  readonly #poster: JsonPoster;
  readonly #over = new AbortController();
  #waiting: TracedCall[] = [];
  #sending: Promise<void> | undefined;
  #notBeforeMs = 0;
  #failing = false;
  #dropped = 0;

  constructor(options: TraceExporterOptions) {
    this.#options = options;
    this.#url = `${options.endpoint.replace(/\/+$/, '')}/v1/traces`;
    this.#poster = jsonPoster(this.#url, options.headers);
    this.#timer = setInterval(() => this.#send(), sendEveryMs).unref();
  }

  /** Calls whose spans were dropped so far. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Returns at once. */
  add(call: TracedCall): void {
    if (this.#waiting.length >= maxWaiting) this.#dropped++;
    else if (this.#waiting.push(call) >= maxBatch) this.#send();
  }

  /** Tries once more to send what waits, for two seconds at most. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    const last = setTimeout(() => this.#over.abort(), lastMs);
    await this.#sending;
    await this.#sendAll();
    clearTimeout(last);
    this.#poster.close();
  }

  #send(): void {
    if (this.#waiting.length === 0 || performance.now() < this.#notBeforeMs) return;
    this.#sending ??= this.#sendAll().finally(() => (this.#sending = undefined));
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, maxBatch);
      const result = await this.#post(batch);
      if (result === 'again') {
        this.#notBeforeMs = performance.now() + retryMs;
        // New ones have come meanwhile: what is too much now is the newest, as always.
        this.#waiting = [...batch, ...this.#waiting];
        this.#dropped += this.#waiting.splice(maxWaiting).length;
        return;
      }
      if (result === 'refused') this.#dropped += batch.length;
    }
  }

  async #post(batch: readonly TracedCall[]): Promise<'sent' | 'again' | 'refused'> {
    const json = JSON.stringify(exportRequest(this.#options.resource, batch.flatMap(spansOf)));
    try {
      const status = await this.#poster.post(json, AbortSignal.any([AbortSignal.timeout(timeoutMs), this.#over.signal]));
      if (status >= 200 && status < 300) return this.#succeeded();
      this.#failed({ status });
      return retryable.has(status) ? 'again' : 'refused';
    } catch (error) {
      this.#failed({ err: error });
      return 'again';
    }
  }

  #succeeded(): 'sent' {
    if (this.#failing) this.#options.log.info({ dropped: this.#dropped }, 'traces are taken again');
    this.#failing = false;
    return 'sent';
  }

  #failed(fields: object): void {
    if (!this.#failing)
      this.#options.log.warn({ ...fields, url: this.#url }, 'traces are not taken: they wait, and are dropped when they are too many');
    this.#failing = true;
  }
}
