/** Attributes of files in the terms of wasi:filesystem. */
import { realtimeNs } from '../clock.ts';
import type { Node } from '../files/directory.ts';
import type { NodeType } from '../files/node.ts';
import { type ErrorCode, outcome } from './filesystem-error.ts';
import { err, type Result } from './result.ts';

export interface DateTime {
  readonly seconds: bigint;
  readonly nanoseconds: number;
}

/** Record `descriptor-stat`. */
export interface Stat {
  readonly type: string;
  readonly linkCount: bigint;
  readonly size: bigint;
  readonly dataAccessTimestamp: DateTime;
  readonly dataModificationTimestamp: DateTime;
  readonly statusChangeTimestamp: DateTime;
}

/** Variant `new-timestamp`. */
export type NewTimestamp = { readonly tag: 'no-change' | 'now' } | { readonly tag: 'timestamp'; readonly val: DateTime };

export interface MetadataHash {
  readonly lower: bigint;
  readonly upper: bigint;
}

const nsPerSecond = 1_000_000_000n;
/** Enum `descriptor-type`. */
export const descriptorTypes: Readonly<Record<NodeType, string>> = {
  directory: 'directory',
  file: 'regular-file',
  symlink: 'symbolic-link',
};

export function statOf(node: Node): Stat {
  return {
    type: descriptorTypes[node.type],
    linkCount: BigInt(node.links),
    size: BigInt(node.sizeBytes),
    dataAccessTimestamp: dateTime(node.accessedAtNs),
    dataModificationTimestamp: dateTime(node.modifiedAtNs),
    statusChangeTimestamp: dateTime(node.changedAtNs),
  };
}

/** Equal for the same object unchanged; different for another one, or after a change. */
export function metadataHash(node: Node): MetadataHash {
  return { lower: BigInt(node.inode), upper: BigInt.asUintN(64, node.modifiedAtNs * 31n + BigInt(node.sizeBytes)) };
}

export function setTimes(node: Node, accessed: NewTimestamp, modified: NewTimestamp): Result<undefined, ErrorCode> {
  const accessedNs = chosenNs(accessed);
  const modifiedNs = chosenNs(modified);
  if (typeof accessedNs === 'string') return err(accessedNs);
  if (typeof modifiedNs === 'string') return err(modifiedNs);
  node.setTimes(accessedNs, modifiedNs);
  return outcome(undefined);
}

function chosenNs(time: NewTimestamp): bigint | undefined | ErrorCode {
  if (time.tag === 'now') return realtimeNs();
  if (time.tag !== 'timestamp') return undefined;
  const { seconds, nanoseconds } = time.val;
  if (nanoseconds >= nsPerSecond) return 'invalid';
  const ns = seconds * nsPerSecond + BigInt(nanoseconds);
  return BigInt.asUintN(64, ns) === ns ? ns : 'overflow';
}

function dateTime(ns: bigint): DateTime {
  return { seconds: ns / nsPerSecond, nanoseconds: Number(ns % nsPerSecond) };
}
