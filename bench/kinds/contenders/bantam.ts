/** `bantam`: what an executor does for a call, from the payload to the answer. */
import { limits, pageBytes } from '../../../contracts/limits.ts';
import { Instances } from '../../../executor/instances.ts';
import { runners } from '../../../executor/kinds.ts';
import { deriveModule } from '../../../worker/artifacts/derive.ts';
import type { Contender } from '../contender.ts';
import { moduleBytes } from '../guest.ts';

const { defaultMemoryBytes } = limits;

export const bantam: Contender = {
  name: 'bantam',
  spawns: false,
  runs: () => true,
  prepare(guest) {
    const { bytes, ...derived } = deriveModule(moduleBytes(guest), guest.kind, defaultMemoryBytes / pageBytes);
    const settings = { ...derived, memoryBytes: defaultMemoryBytes, args: [], env: [], assets: undefined };
    const instances = new Instances(runners[guest.kind].compile(bytes, settings));
    return Promise.resolve(() => {
      const { instance } = instances.take();
      const { body } = instance.call(guest.payload);
      instance.log();
      instances.giveBack(instance);
      return body;
    });
  },
};
