/** What a load generator prints becomes a sample. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseReport } from '../../bench/load/report.ts';

const report = { completed: 1_000, failed: 100, socketErrors: 3, durationUs: 2_000_000, p50Us: 85, p99Us: 1_710 };

test('counts only the calls that succeeded, and every kind of error', () => {
  assert.deepEqual(parseReport(JSON.stringify(report)), { callsPerS: 450, p50Us: 85, p99Us: 1_710, errors: 103 });
});

test('finds the report below what wrk prints of its own', () => {
  const output = `Running 2s test @ http://127.0.0.1:1/fn/fib?n=5\n  1 threads and 1 connections\nRequests/sec:  11.00\n\n${JSON.stringify(report)}\n`;
  assert.equal(parseReport(output).callsPerS, 450);
});

test('refuses output without a report', () => {
  assert.throws(() => parseReport('unable to connect to 127.0.0.1:1 Connection refused\n'), /reported nothing: unable to connect/);
});

test('refuses a report that lacks a figure', () => {
  assert.throws(() => parseReport(JSON.stringify({ ...report, p99Us: undefined })), /no p99Us/);
});
