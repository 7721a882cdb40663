/** The Lua scripts of the lane as typed commands of a connection; what each does is said in scripts/*.lua. */
import { readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';

/** Name of the script and number of its keys. */
const scripts = { enqueue: 1, answer: 1, withdraw: 1, beat: 1, sample: 3, reap: 2 } as const;

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
    group: string,
    deadAfterMs: number,
    freshEpoch: string,
  ): Promise<[depth: number, workers: number, epoch: string, ...dead: string[]]>;
  reapBuffer(
    stream: string,
    workers: string,
    group: string,
    workerId: string,
    deadAfterMs: number,
    leaseMs: number | 'none',
  ): Promise<Buffer[]>;
}

export type LaneRedis = Redis & LaneScripts;

/** Adds the scripts to a connection; each is sent in full once per connection, by its hash after that. */
export function withScripts(redis: Redis): LaneRedis {
  for (const [name, numberOfKeys] of Object.entries(scripts)) {
    const lua = readFileSync(new URL(`scripts/${name}.lua`, import.meta.url), 'utf8');
    redis.defineCommand(name, { lua, numberOfKeys });
  }
  return redis as LaneRedis;
}
