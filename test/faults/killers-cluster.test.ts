/** Hostile modules against a gateway and a worker. */
import { startCluster } from '../support/deployment.ts';
import type { ClusterDeployment } from '../support/deployment.ts';
import { usePostgres } from '../support/postgres.ts';
import { coreKillers } from '../fixtures/killers.ts';
import { killersSuite } from './killers.suite.ts';

const postgres = usePostgres();

killersSuite('cluster', {
  start: () => startCluster(postgres, { BANTAM_EXECUTORS: '2' }),
  processes: (deployment) => {
    const { gateways, workers } = deployment as ClusterDeployment;
    return [...gateways.map(({ program }) => program.pid), ...workers.map(({ pid }) => pid)];
  },
  // What executors and inspectors do with the other forms is the same here as in the embedded deployment.
  only: (killer) => coreKillers.includes(killer) && (killer.fate.publish === 'published' || !killer.fate.stopped),
});
