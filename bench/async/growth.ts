/** What is left behind by finished work: memory of Redis step by step, rows and bytes in Postgres. */
import { finishExactly } from './exactly.ts';
import { readingsPerStep } from './plan.ts';
import type { RunningLane, TableSize } from './lane.ts';

export interface Growth {
  readonly steps: readonly GrowthStep[];
  /** Of all steps together. */
  readonly tables: readonly TableSize[];
}

export interface GrowthStep {
  /** Since the lane was started for this. */
  readonly finished: number;
  /** Redis' used_memory, read several times with nothing left to do. */
  readonly redisBytes: readonly number[];
}

const readingDistanceMs = 200;

export async function measureGrowth(running: RunningLane, { steps, perStep }: { steps: number; perStep: number }): Promise<Growth> {
  await running.drain();
  const tablesBefore = await running.tables();
  const measured: GrowthStep[] = [];
  let finished = 0;
  for (let step = 0; step < steps; step++) {
    await finishExactly(running, perStep);
    finished += perStep;
    measured.push({ finished, redisBytes: await readings(running) });
  }
  return { steps: measured, tables: per100k(tablesBefore, await running.tables(), finished) };
}

async function readings(running: RunningLane): Promise<number[]> {
  const values: number[] = [];
  for (let i = 0; i < readingsPerStep; i++) {
    await new Promise((resolve) => setTimeout(resolve, readingDistanceMs));
    values.push(await running.redisBytes());
  }
  return values;
}

/** @returns what 100,000 finished add to each table that grew at all. Pure */
export function per100k(before: readonly TableSize[], after: readonly TableSize[], finished: number): TableSize[] {
  const scale = 100_000 / finished;
  return after.flatMap(({ table, rows, bytes }) => {
    const old = before.find((size) => size.table === table);
    const grown = { rows: rows - (old?.rows ?? 0), bytes: bytes - (old?.bytes ?? 0) };
    if (grown.rows === 0 && grown.bytes === 0) return [];
    return [{ table, rows: Math.round(grown.rows * scale), bytes: Math.round(grown.bytes * scale) }];
  });
}
