// So many calls and no more, by autocannon whatever else is installed: wrk knows seconds only. Prints the line that amount.ts reads.
// Arguments: URL, connections, how many, method, content type and the file of the body.
import { readFileSync } from 'node:fs';
import autocannon from 'autocannon';

const [url, connections, amount, method, type, file] = process.argv.slice(2);
const sent = { method, headers: { 'content-type': type }, body: readFileSync(file) };
let firstAtMs = 0;
const run = autocannon({ url, ...sent, connections: Number(connections), amount: Number(amount), timeout: 10 });
run.once('response', () => {
  firstAtMs = Date.now();
});
const result = await run;
console.log(JSON.stringify({ accepted: result['2xx'], firstAtMs }));
