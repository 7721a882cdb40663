/**
 * One contender calling one guest, alone in a process: nothing of another contender has warmed or spoilt anything.
 * Arguments: repository, contender, guest, order as JSON. Prints a report (report.ts).
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Absent } from '../../path.ts';
import type { Call, Contender } from '../contender.ts';
import { contenders } from '../contenders.ts';
import { type Guest, guestNames, readGuest } from '../guest.ts';
import { type Memory, type MemoryOrder, type Report, type Timing, type TimingOrder, toTiming } from './report.ts';

const memorySamples = 40;
/** Turns of the event loop, in which V8 gets to its own tasks: as in executor/main.ts. */
const callsPerTurn = 64;

console.log(JSON.stringify(await main()));

async function main(): Promise<Report> {
  const [repository = '', contenderName, guestName, text = ''] = process.argv.slice(2);
  const contender = contenders.find(({ name }) => name === contenderName);
  const known = guestNames.find((name) => name === guestName);
  if (contender === undefined || known === undefined) throw new Error(`no contender ${contenderName} or no guest ${guestName}`);
  const order = JSON.parse(text) as TimingOrder | MemoryOrder;
  const guest = readGuest(repository, known);
  try {
    const call = await contender.prepare(guest);
    verify(guest, call);
    const report =
      order.measure === 'timing' ? { timing: await measureTiming(contender, call, order) } : { memory: await measureMemory(call, order) };
    verify(guest, call);
    return report;
  } catch (error) {
    if (error instanceof Absent) return { absent: error.message };
    throw error;
  }
}

function verify({ name, call: { expected } }: Guest, call: Call): void {
  const answer = Buffer.from(call());
  if (!answer.equals(expected)) throw new Error(`${name} answered ${JSON.stringify(answer.toString('latin1', 0, 200))}`);
}

async function measureTiming({ spawns }: Contender, call: Call, { warmUpMs, measuredMs }: TimingOrder): Promise<Timing> {
  await callFor(call, warmUpMs);
  const before = process.cpuUsage();
  const timesUs = await callFor(call, measuredMs);
  const { user, system } = process.cpuUsage(before);
  return toTiming(timesUs, spawns ? null : user + system);
}

/** @returns how long each call took, in microseconds */
async function callFor(call: Call, milliseconds: number): Promise<number[]> {
  const timesUs: number[] = [];
  for (const endAtMs = performance.now() + milliseconds; performance.now() < endAtMs; await turn()) {
    for (let i = 0; i < callsPerTurn; i++) {
      const beganMs = performance.now();
      call();
      timesUs.push((performance.now() - beganMs) * 1_000);
    }
  }
  return timesUs;
}

async function measureMemory(call: Call, { warmUpCalls, calls }: MemoryOrder): Promise<Memory> {
  await callTimes(call, warmUpCalls);
  const liveBefore = await liveBytes();
  const rssBytes: number[] = [];
  for (let sample = 0; sample < memorySamples; sample++) {
    await callTimes(call, Math.ceil(calls / memorySamples));
    rssBytes.push(process.memoryUsage.rss());
  }
  return { calls: Math.ceil(calls / memorySamples) * memorySamples, rssBytes, liveGrownBytes: (await liveBytes()) - liveBefore };
}

async function callTimes(call: Call, calls: number): Promise<void> {
  for (let i = 1; i <= calls; i++) {
    call();
    if (i % callsPerTurn === 0) await turn();
  }
}

/** What is in use once everything that nobody holds is collected: V8's heap, and what hangs off it outside. */
async function liveBytes(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  // What a collection lets go outside of the heap goes with the next turn and the next collection.
  for (let i = 0; i < 3; i++) {
    collect();
    await turn();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
