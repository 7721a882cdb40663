/** Hostile modules against a gateway and a worker. */
import { startCluster } from '../support/deployment.ts';
import type { ClusterDeployment } from '../support/deployment.ts';
import { usePostgres } from '../support/postgres.ts';
import { killersSuite } from './killers.suite.ts';

const postgres = usePostgres();

killersSuite('cluster', {
  start: () => startCluster(postgres, { BANTAM_EXECUTORS: '2' }),
  processes: (deployment) => {
    const { gateways, workers } = deployment as ClusterDeployment;
    return [...gateways.map(({ program }) => program.pid), ...workers.map(({ pid }) => pid)];
  },
  only: ({ fate }) => fate.publish === 'published' || !fate.stopped,
});
