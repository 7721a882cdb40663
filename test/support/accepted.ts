/** Asynchronous invocations as a client sends them, many at a time, and what the record says of them in the end. */
import assert from 'node:assert/strict';
import { eventually } from './eventually.ts';
import { runSql } from './postgres.ts';

/** Sends POST /async/... over and over, until it is told to stop. */
export class Accepting {
  /** Ids that a 202 gave. */
  readonly ids: string[] = [];
  /** Answers that were no 202, and connections that gave none. */
  readonly refusals = new Map<string, number>();
  readonly #senders: readonly Promise<void>[];
  #stopped = false;
  #left: number;

  /**
   * @param path what follows /async/, query included
   * @param count of requests
   * @param headers of each
   */
  constructor(urls: () => string, path: string, count: number, senders = 16, headers: Readonly<Record<string, string>> = {}) {
    this.#left = count;
    this.#senders = Array.from({ length: senders }, () => this.#send(urls, path, headers));
  }

  /** All requests have been answered. */
  async done(): Promise<readonly string[]> {
    await Promise.all(this.#senders);
    return this.ids;
  }

  stop(): Promise<readonly string[]> {
    this.#stopped = true;
    return this.done();
  }

  async #send(url: () => string, path: string, headers: Readonly<Record<string, string>>): Promise<void> {
    while (!this.#stopped && this.#left > 0) {
      this.#left--;
      try {
        const answer = await fetch(`${url()}/async/${path}`, { method: 'POST', headers });
        const body = (await answer.json()) as { id: string; code: string };
        if (answer.status === 202) this.ids.push(body.id);
        else this.#refused(`${answer.status} ${body.code}`);
      } catch {
        this.#refused('no answer');
      }
    }
  }

  #refused(reason: string): void {
    this.refusals.set(reason, (this.refusals.get(reason) ?? 0) + 1);
  }
}

interface Final {
  readonly id: string;
  readonly status: string;
  readonly attempts: readonly { readonly status?: number; readonly code?: string }[];
  /** Events that say it is finished. */
  readonly told: string;
}

/**
 * Waits until all of them have succeeded. Fails for one that is lost, given up, or was recorded as a success more than once.
 * @returns codes of the attempts that failed, with how many there were of each
 */
export async function allSucceedOnce(databaseUrl: string, ids: readonly string[], timeoutMs = 60_000): Promise<Map<string, number>> {
  assert.equal(new Set(ids).size, ids.length);
  await eventually(
    async () => {
      const rows = await runSql<{ status: string; count: string }>(
        databaseUrl,
        'select status, count(*) from invocations where id = any($1) group by status order by status',
        [ids],
      );
      const counts = rows.map(({ status, count }) => `${status} ${count}`).join(', ');
      if (counts !== `succeeded ${ids.length}`) throw new Error(`of ${ids.length}: ${counts}`);
      return true;
    },
    { timeoutMs },
  );
  const finals = await runSql<Final>(
    databaseUrl,
    `select i.id, i.status, i.attempts, count(e.id) as told from invocations i
     left join events e on e.type = 'invocation.finished' and e.data->>'id' = i.id::text
     where i.id = any($1) group by i.id`,
    [ids],
  );
  const codes = new Map<string, number>();
  for (const { id, attempts, told } of finals) {
    const successes = attempts.filter(({ status }) => status === 200);
    assert.equal(successes.length, 1, `${id} succeeded ${successes.length} times`);
    assert.equal(attempts.at(-1)?.status, 200, `${id} went on after its success`);
    assert.equal(told, '1', `${id} was told of ${told} times`);
    for (const { code } of attempts) if (code !== undefined) codes.set(code, (codes.get(code) ?? 0) + 1);
  }
  return codes;
}
