/** Which paths `overhead` measures, and which of them it compares. */
import type { Path } from './path.ts';
import { bantamCluster } from './paths/bantam-cluster.ts';
import { bantamEmbedded } from './paths/bantam-embedded.ts';
import { bareFastify } from './paths/bare-fastify.ts';
import { bullmqWait } from './paths/bullmq-wait.ts';
import { workerdFresh, workerdReused } from './paths/workerd.ts';
import type { RatioRule } from './rounds.ts';

export const overheadPaths: readonly Path[] = [bareFastify, bantamEmbedded, bantamCluster, bullmqWait, workerdFresh, workerdReused];

export const overheadRatios: readonly RatioRule[] = [
  { numerator: 'bantam-embedded', denominator: 'workerd-fresh', connections: 64, measure: 'callsPerS', goal: { atLeast: 1.5 } },
  { numerator: 'bantam-embedded', denominator: 'workerd-reused', connections: 64, measure: 'callsPerS', goal: { atLeast: 0.95 } },
  { numerator: 'bantam-cluster', denominator: 'workerd-fresh', connections: 64, measure: 'callsPerS', goal: { atLeast: 1.1 } },
  { numerator: 'bantam-cluster', denominator: 'bullmq-wait', connections: 64, measure: 'callsPerS', goal: { atLeast: 3.5 } },
  { numerator: 'bantam-cluster', denominator: 'bantam-embedded', connections: 1, measure: 'p50Us', goal: { atMost: 3 } },
  { numerator: 'bantam-embedded', denominator: 'workerd-fresh', connections: 1, measure: 'p50Us', goal: { atMost: 1 } },
  { numerator: 'bantam-embedded', denominator: 'bare-fastify', connections: 1, measure: 'p50Us', goal: { atMost: 2.2 } },
];
