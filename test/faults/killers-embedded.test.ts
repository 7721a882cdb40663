/** Hostile modules against `npm start`. */
import { startEmbedded } from '../support/deployment.ts';
import type { EmbeddedDeployment } from '../support/deployment.ts';
import { killersSuite } from './killers.suite.ts';

killersSuite('embedded', {
  start: () => startEmbedded({ BANTAM_EXECUTORS: '2' }),
  processes: (deployment) => [(deployment as EmbeddedDeployment).server.pid],
});
