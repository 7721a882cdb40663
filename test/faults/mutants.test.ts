/** Modules of every kind changed at random: whatever is uploaded, the answer is a version or a refusal, and nothing but the mutant itself breaks. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { moduleKinds } from '../../contracts/kinds.ts';
import { runCampaign } from '../fuzz/campaign.ts';
import { type EmbeddedDeployment, startEmbedded } from '../support/deployment.ts';
import { deploy, invoke } from '../support/functions.ts';

let server: EmbeddedDeployment;
before(async () => {
  server = await startEmbedded({ BANTAM_LOG_LEVEL: 'error' });
});
after(() => server.stop());

// `npm run fuzz` does the same with 5,000.
test('80 mutants end in 2xx or 4xx when they are published, and are to blame for what they do when they are called', async () => {
  await deploy(server.url, 'neighbour', '(module (func (export "run") (result i32) (i32.const 7)))');
  const { kinds, published, refused, faults } = await runCampaign(server.url, { count: 80, seed: 20_261_122, parallel: 4 });
  assert.deepEqual(new Set(kinds), new Set(moduleKinds));
  assert.deepEqual(faults, []);
  assert.equal(published + refused, 80);
  assert.ok(published > 3 && refused > 10, `${published} published, ${refused} refused`);
  assert.equal((await invoke(server.url, 'neighbour')).text, '7');
});
