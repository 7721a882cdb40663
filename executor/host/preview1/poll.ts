/** poll_oneoff: sleeps, and says what can be read and written. */
import { monotonicMs, monotonicNs, realtimeNs, sleepUntilMs } from '../clock.ts';
import { type Calls, lacks, type Snapshot } from './calls.ts';
import type { GuestCell } from './cell.ts';
import { clocks } from './clocks.ts';
import { errno } from './errno.ts';
import { rights } from './rights.ts';

/** Where things are in a `subscription`: the older snapshot has an identifier before the fields of a clock. */
const layouts: Readonly<Record<Snapshot, { readonly bytes: number; readonly clockAt: number }>> = {
  preview1: { bytes: 48, clockAt: 16 },
  preview0: { bytes: 56, clockAt: 24 },
};
const eventBytes = 32;
/** Of one call: more than a guest can have descriptors. */
const maxSubscriptions = 4_096;

/** Of `eventtype`. */
const clockEvent = 0;
const readEvent = 1;
const writeEvent = 2;
/** Of `subclockflags`. */
const absolute = 1;
/** Of `eventrwflags`. */
const hangup = 1;
/** What a descriptor is said to take: all that is written at once. */
const writableBytes = 65_536;

interface Events {
  readonly cell: GuestCell;
  readonly at: number;
  count: number;
}

export function pollCall(cell: GuestCell, snapshot: Snapshot): Calls {
  return [
    ['poll_oneoff', (from: number, to: number, count: number, countAt: number): number => poll(cell, snapshot, from, to, count, countAt)],
  ];
}

/** Descriptors are always ready, so it is a sleep only where nothing but times are asked for. */
function poll(cell: GuestCell, snapshot: Snapshot, from: number, to: number, count: number, countAt: number): number {
  const { bytes, clockAt } = layouts[snapshot];
  const subscriptions = count >>> 0;
  if (subscriptions === 0 || subscriptions > maxSubscriptions) return errno.inval;
  if (!cell.holds(from, subscriptions * bytes) || !cell.holds(to, subscriptions * eventBytes) || !cell.holds(countAt, 4))
    return errno.fault;
  // A copy: events may be written over the subscriptions.
  const view = new DataView(cell.slice(from, subscriptions * bytes).slice().buffer);
  const events: Events = { cell, at: to >>> 0, count: 0 };
  const due = new Float64Array(subscriptions).fill(Infinity);
  const nowMs = monotonicMs();
  for (let index = 0; index < subscriptions; index++) {
    const at = index * bytes;
    const type = view.getUint8(at + 8);
    if (type > writeEvent) return errno.inval;
    if (type !== clockEvent) describe(events, view.getBigUint64(at, true), type, view.getUint32(at + 16, true));
    else if (isKnownClock(view, at + clockAt)) due[index] = dueMs(view, at + clockAt, nowMs);
    else emit(events, view.getBigUint64(at, true), errno.inval, clockEvent, 0, 0);
  }
  if (events.count === 0) sleepUntilMs(Math.min(...due));
  const wokenMs = monotonicMs();
  for (const [index, atMs] of due.entries()) {
    if (atMs <= wokenMs) emit(events, view.getBigUint64(index * bytes, true), errno.success, clockEvent, 0, 0);
  }
  cell.setU32(countAt, events.count);
  return errno.success;
}

function isKnownClock(view: DataView, at: number): boolean {
  const id = view.getUint32(at, true);
  return id === clocks.realtime || id === clocks.monotonic;
}

/** @returns when it is time, on the monotonic clock */
function dueMs(view: DataView, at: number, nowMs: number): number {
  const timeoutNs = view.getBigUint64(at + 8, true);
  const passedNs =
    (view.getUint16(at + 24, true) & absolute) === 0 ? 0n : view.getUint32(at, true) === clocks.realtime ? realtimeNs() : monotonicNs();
  return nowMs + Math.max(0, Math.ceil(Number(timeoutNs - passedNs) / 1e6));
}

function describe(events: Events, userdata: bigint, type: number, fd: number): void {
  const { cell } = events;
  const descriptor = cell.descriptors.get(fd);
  const needed = rights.pollFdReadwrite | (type === readEvent ? rights.fdRead : rights.fdWrite);
  const failed = descriptor === undefined ? errno.badf : lacks(descriptor.base, needed);
  if (failed !== undefined || descriptor === undefined) return emit(events, userdata, failed ?? errno.badf, type, 0, 0);
  if (type === writeEvent) return emit(events, userdata, errno.success, type, writableBytes, 0);
  if (descriptor.kind === 'file') {
    return emit(events, userdata, errno.success, type, Math.max(0, descriptor.node.sizeBytes - descriptor.position), 0);
  }
  const left = cell.world.stdin.length - cell.world.stdinAt;
  emit(events, userdata, errno.success, type, left, left === 0 ? hangup : 0);
}

function emit(events: Events, userdata: bigint, error: number, type: number, bytes: number, flags: number): void {
  const { cell } = events;
  const at = events.at + events.count * eventBytes;
  events.count += 1;
  cell.setBigU64(at, userdata);
  cell.setU32(at + 8, error | (type << 16));
  cell.setU32(at + 12, 0);
  cell.setU64(at + 16, bytes);
  cell.setU64(at + 24, flags);
}
