/** Bantam, both deployments: a function that was just published and never called, on a server that is there. */
import { publish } from '../paths/bantam.ts';
import { startCluster } from '../paths/bantam-cluster.ts';
import { startEmbedded } from '../paths/bantam-embedded.ts';
import type { Stage } from '../path.ts';
import { Connection } from './connection.ts';
import { unknownGuest } from './guest.ts';
import type { Measure, Platform } from './platform.ts';
import { byClock } from './timing.ts';

const described = {
  cold: 'the server runs; a module it has never seen was just published and not yet called',
  warm: 'a fresh instance, or one put back to its initial state',
  research: '',
} as const;

export const bantamEmbedded: Platform = {
  name: 'bantam-embedded',
  ...described,
  async prepare(stage) {
    return published(stage, await startEmbedded(stage));
  },
};

export const bantamCluster: Platform = {
  name: 'bantam-cluster',
  ...described,
  async prepare(stage) {
    return published(stage, (await startCluster(stage)).origin);
  },
};

function published(stage: Stage, origin: string): Measure {
  let count = 0;
  return byClock(stage, async (own) => {
    const name = `fib-${++count}`;
    await publish(origin, name, await unknownGuest(own));
    return () => {
      const connection = new Connection(own.processes, origin);
      return Promise.resolve(async (n) => Number(await connection.get(`/fn/${name}?n=${n}`)));
    };
  });
}
