/** Everything a user can do, on the embedded deployment. */
import { after, before } from 'node:test';
import { type Deployment, startEmbedded } from '../support/deployment.ts';
import { environment } from './environment.ts';
import { suites } from './suites.ts';
import { releasesUnderLoad } from './suites/releases-under-load.ts';

let deployment: Deployment | undefined;

before(async () => {
  deployment = await startEmbedded(environment);
});
after(() => deployment?.stop());

function running(): Deployment {
  if (deployment === undefined) throw new Error('the deployment did not start');
  return deployment;
}

for (const suite of suites) suite(running);
releasesUnderLoad(() => [running().url]);
