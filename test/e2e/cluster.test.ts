/** Everything a user can do, on a cluster of gateway and worker processes, and what only a cluster has: several gateways. */
import { after, before } from 'node:test';
import { type ClusterDeployment, startCluster } from '../support/deployment.ts';
import { usePostgres } from '../support/postgres.ts';
import { environment } from './environment.ts';
import { suites } from './suites.ts';
import { gatewaysSuite } from './suites/gateways.suite.ts';

let deployment: ClusterDeployment | undefined;

// Before the end of Postgres: hooks run in the order they are given.
after(() => deployment?.stop());
const postgres = usePostgres();
before(async () => {
  deployment = await startCluster(postgres, environment);
});

function running(): ClusterDeployment {
  if (deployment === undefined) throw new Error('the deployment did not start');
  return deployment;
}

for (const suite of suites) suite(running);
gatewaysSuite(running);
