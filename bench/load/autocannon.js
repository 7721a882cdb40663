// Load from autocannon where wrk is not installed; prints the line that report.ts reads. Own process, as wrk is one.
// Arguments: URL, connections, seconds, and where there is a body method, content type and its file. autocannon's own percentiles are whole milliseconds, so they are taken from its events.
import { readFileSync } from 'node:fs';
import autocannon from 'autocannon';

const [url, connections, seconds, method = 'GET', type, file] = process.argv.slice(2);
const sent = file === undefined ? {} : { headers: { 'content-type': type }, body: readFileSync(file) };
const latenciesUs = [];
const run = autocannon({ url, method, ...sent, connections: Number(connections), duration: Number(seconds), timeout: 2 });
run.on('response', (_client, _status, _bytes, milliseconds) => latenciesUs.push(milliseconds * 1000));
const result = await run;

const sorted = Float64Array.from(latenciesUs).toSorted();
const percentile = (share) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
console.log(
  JSON.stringify({
    completed: sorted.length,
    failed: sorted.length - result['2xx'],
    socketErrors: result.errors,
    durationUs: Math.round(result.duration * 1_000_000),
    p50Us: percentile(0.5),
    p99Us: percentile(0.99),
  }),
);
