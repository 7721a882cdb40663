/** `npm run fuzz -- [count] [seed]`: an embedded server takes that many mutants (5,000); ends with 1 when one of them broke more than itself. */
import { startEmbedded } from '../support/deployment.ts';
import { runCampaign } from './campaign.ts';

const [count = 5_000, seed = 1] = process.argv.slice(2).map(Number);
const server = await startEmbedded({ BANTAM_LOG_LEVEL: 'error' });
const startedMs = performance.now();
const { kinds, published, refused, answers, faults } = await runCampaign(server.url, { count, seed, parallel: 4 });
const seconds = (performance.now() - startedMs) / 1_000;
await server.stop();
console.log(
  `${count} mutants of seed ${seed} (${kinds.join(', ')}) in ${seconds.toFixed(0)} s: ${published} published and called, ${refused} refused`,
);
for (const [answer, times] of [...answers].toSorted(([, a], [, b]) => b - a)) console.log(`${String(times).padStart(8)}  ${answer}`);
for (const fault of faults) console.error(fault);
if (faults.length > 0 || published + refused !== count) process.exitCode = 1;
