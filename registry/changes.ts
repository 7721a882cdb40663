/** Tells every process that a function, a key or a quota changed, or that there are events: NOTIFY in the transaction, LISTEN on a connection of its own. */
import type pg from 'pg';
import { createClient } from '../shared/postgres.ts';

const functionChannel = 'bantam_functions';
/** That of the SQL function append_event. */
const eventChannel = 'bantam_events';
const keyChannel = 'bantam_keys';
/** That of the trigger quotas_changed. */
const quotaChannel = 'bantam_quotas';
const firstRetryMs = 100;
const lastRetryMs = 1_000;
const defaultHeartbeatMs = 5_000;
const heartbeatTimeoutMs = 2_000;

/** As `notifyChange`, of several functions. */
export async function notifyChanges(client: pg.ClientBase, functionNames: readonly string[]): Promise<void> {
  await client.query('select pg_notify($1, name) from unnest($2::text[]) as name', [functionChannel, functionNames]);
}

/** Sent at commit, once per name and transaction. */
export async function notifyChange(client: pg.ClientBase, functionName: string): Promise<void> {
  await client.query('select pg_notify($1, $2)', [functionChannel, functionName]);
}

/** A key was made or revoked: as `notifyChange`. */
export async function notifyKey(client: pg.ClientBase, id: string): Promise<void> {
  await client.query('select pg_notify($1, $2)', [keyChannel, id]);
}

export interface ChangeListener {
  /** A function was published, configured anew or deleted. */
  readonly onChange: (functionName: string) => void;
  /**
   * Listening has begun, or begun again after the connection was lost: from now on nothing is missed, but anything
   * known from before may be out of date.
   */
  readonly onReset: () => void;
  /** There may be new events. Called after `onReset`, too. */
  readonly onEvents: () => void;
  /** A key was made or revoked. */
  readonly onKey: (id: string) => void;
  /** A quota was given, changed or taken away. */
  readonly onQuota: () => void;
}

/** Listens from construction until `close()`, however often the connection is lost in between. */
export class FunctionChanges {
  readonly #url: string;
  readonly #listener: ChangeListener;
  readonly #heartbeatMs: number;
  #client: pg.Client | undefined;
  #connected = false;
  #closed = false;
  #retryMs = firstRetryMs;
  #timer: NodeJS.Timeout | undefined;

  /** @param heartbeatMs between two questions whether the server is still there: a dead network closes no connection */
  constructor(url: string, listener: ChangeListener, heartbeatMs: number = defaultHeartbeatMs) {
    this.#url = url;
    this.#listener = listener;
    this.#heartbeatMs = heartbeatMs;
    void this.#connect();
  }

  /** Whether changes are heard now. */
  get connected(): boolean {
    return this.#connected;
  }

  /** No callback is called after this. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#connected = false;
    clearTimeout(this.#timer);
    await this.#client?.end();
  }

  async #connect(): Promise<void> {
    const client = createClient(this.#url, 'bantam-changes');
    this.#client = client;
    // Fires on every way a connection can fail or end; once per client, so that one loss causes one retry.
    const lost = (): void => {
      if (client === this.#client) this.#retry();
    };
    client.on('error', lost);
    client.on('end', lost);
    client.on('notification', ({ channel, payload }) => {
      if (this.#closed) return;
      if (channel === eventChannel) this.#listener.onEvents();
      else if (channel === keyChannel) this.#listener.onKey(payload ?? '');
      else if (channel === quotaChannel) this.#listener.onQuota();
      else this.#listener.onChange(payload ?? '');
    });
    try {
      await client.connect();
      await client.query(`listen ${functionChannel}; listen ${eventChannel}; listen ${keyChannel}; listen ${quotaChannel}`);
    } catch {
      lost();
      return;
    }
    if (this.#closed || client !== this.#client) return;
    this.#connected = true;
    this.#retryMs = firstRetryMs;
    this.#listener.onReset();
    this.#listener.onEvents();
    this.#scheduleHeartbeat(client, lost);
  }

  #scheduleHeartbeat(client: pg.Client, lost: () => void): void {
    this.#timer = setTimeout(() => {
      const heartbeat = { text: 'select 1', query_timeout: heartbeatTimeoutMs };
      client.query(heartbeat).then(() => {
        if (this.#connected && client === this.#client) this.#scheduleHeartbeat(client, lost);
      }, lost);
    }, this.#heartbeatMs);
  }

  #retry(): void {
    const client = this.#client;
    this.#client = undefined;
    this.#connected = false;
    clearTimeout(this.#timer);
    // Rejects or hangs when the connection is gone already; there is nothing left to learn from it.
    client?.end().catch(() => {});
    if (this.#closed) return;
    this.#timer = setTimeout(() => void this.#connect(), this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, lastRetryMs);
  }
}
