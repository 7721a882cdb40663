/** Everything a user can do, on the embedded deployment. */
import { after, before } from 'node:test';
import { type Deployment, startEmbedded } from '../support/deployment.ts';
import { environment } from './environment.ts';
import { suites } from './suites.ts';

let deployment: Deployment | undefined;

before(async () => {
  deployment = await startEmbedded(environment);
});
after(() => deployment?.stop());

for (const suite of suites) {
  suite(() => {
    if (deployment === undefined) throw new Error('the deployment did not start');
    return deployment;
  });
}
