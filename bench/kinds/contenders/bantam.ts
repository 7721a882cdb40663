/** `bantam`: what an executor does for a call, from the payload to the answer. */
import { limits, pageBytes } from '../../../contracts/limits.ts';
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
    const { bytes, memory } = deriveModule(moduleBytes(guest), guest.kind, defaultMemoryBytes / pageBytes);
    const settings = { memory, memoryBytes: defaultMemoryBytes, args: [], env: [], assets: undefined };
    const artifact = runners[guest.kind].compile(bytes, settings);
    return Promise.resolve(() => {
      const instance = artifact.instantiate();
      const { body } = instance.call(guest.payload);
      instance.discard();
      instance.log();
      return body;
    });
  },
};
