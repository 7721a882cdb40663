/** Executors of a worker process: lost and slow. */
import { type ClusterDeployment, startCluster } from '../support/deployment.ts';
import { usePostgres } from '../support/postgres.ts';
import { executorsSuite, twoExecutors } from './executors.suite.ts';

const postgres = usePostgres();

executorsSuite('cluster', {
  start: () => startCluster(postgres, twoExecutors),
  worker: (deployment) => (deployment as ClusterDeployment).workers[0]?.pid ?? 0,
});
