/** Resident memory of a process from the outside: what the guest really costs, declared or not (WasmGC arrays, engine memory). */
import { readFileSync } from 'node:fs';

const pageSizeBytes = 4_096;

/** @returns resident set in bytes, or undefined when the process has gone or this system has no /proc (proc(5), /proc/pid/statm) */
export function residentBytes(pid: number): number | undefined {
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1]);
    return Number.isFinite(pages) ? pages * pageSizeBytes : undefined;
  } catch {
    return undefined;
  }
}

/** What an executor may hold beside the guest's declared memory: node itself, compiled code, memories of earlier instances not yet collected. */
const allowanceBytes = 536_870_912;

/** @returns the resident size past which a running call is stopped as GUEST_MEMORY_EXCEEDED */
export function residentLimitBytes(memoryPages: number): number {
  return memoryPages * 65_536 * 2 + allowanceBytes;
}
