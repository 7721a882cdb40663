/** The Lua scripts of the lane as typed commands of a connection; what each does is said in scripts/*.lua. */
import { readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';
import type { RedisObserver } from './observer.ts';

/** Name of the script and number of its keys. */
const scripts = { enqueue: 1, answer: 1, withdraw: 1, beat: 1, sample: 5, reap: 2 } as const;

/** As they are called. */
const commands = ['enqueue', 'answer', 'withdraw', 'beat', 'sample', 'reapBuffer'] as const satisfies readonly (keyof LaneScripts)[];

type Argument = string | number | Buffer;

export interface LaneScripts {
  enqueue(stream: string, ...headsAndPayloads: Buffer[]): Promise<string[]>;
  answer(stream: string, group: string, entries: number, ...entryIdsChannelsFrames: Argument[]): Promise<null>;
  withdraw(
    stream: string,
    group: string,
    cancelPrefix: string,
    tellWorkers: '0' | '1',
    ...entryAndInvocationIds: string[]
  ): Promise<(0 | 1)[]>;
  beat(workers: string, workerId: string): Promise<0 | 1>;
  sample(
    stream: string,
    workers: string,
    epoch: string,
    looked: string,
    unwatched: string,
    group: string,
    deadAfterMs: number,
    freshEpoch: string,
    blinkMs: number,
  ): Promise<[depth: number, workers: number, epoch: string, oldestMs: number, ...dead: string[]]>;
  reapBuffer(
    stream: string,
    workers: string,
    group: string,
    workerId: string,
    deadAfterMs: number,
    leaseMs: number | 'none',
  ): Promise<[requeued: number, ...heads: Buffer[]]>;
}

export type LaneRedis = Redis & LaneScripts;

/** Adds the scripts to a connection; each is sent in full once per connection, by its hash after that. */
export function withScripts(redis: Redis, observer?: RedisObserver): LaneRedis {
  for (const [name, numberOfKeys] of Object.entries(scripts)) {
    const lua = readFileSync(new URL(`scripts/${name}.lua`, import.meta.url), 'utf8');
    redis.defineCommand(name, { lua, numberOfKeys });
  }
  const lane = redis as LaneRedis;
  if (observer !== undefined) for (const name of commands) watch(lane, name, observer);
  return lane;
}

type Command = (...args: unknown[]) => Promise<unknown>;

/** One promise more for each batch of calls. */
function watch(lane: LaneRedis, name: keyof LaneScripts, observer: RedisObserver): void {
  const command = lane[name].bind(lane) as Command;
  const watched: Command = async (...args) => {
    const sentAtMs = performance.now();
    try {
      const result = await command(...args);
      observer.command(name, performance.now() - sentAtMs, true);
      return result;
    } catch (error) {
      observer.command(name, performance.now() - sentAtMs, false);
      throw error;
    }
  };
  Object.assign(lane, { [name]: watched });
}
