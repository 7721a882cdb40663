/** A function on Lambda's Node.js: a runtime process that asks the runtime API for events; the API is played here. */
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { guestFile } from './guest.ts';
import { LambdaRuntimeApi } from './lambda-api.ts';
import type { Platform } from './platform.ts';
import { byClock } from './timing.ts';

export const lambdaNode: Platform = {
  name: 'lambda-node',
  cold: 'a Node.js runtime starts, loads the function and asks for its first event',
  warm: 'the event is handed to the waiting runtime, which calls an instance that is kept',
  research: '21.64 s, AWS Lambda',
  async prepare(stage) {
    const peer = join(stage.repository, 'bench/peers/lambda');
    const task = stage.processes.temporaryFolder();
    await copyFile(join(peer, 'fib.mjs'), join(task, 'fib.mjs'));
    await copyFile(guestFile(stage.repository), join(task, 'fib.wasm'));
    return byClock(stage, async ({ processes }) => {
      const api = new LambdaRuntimeApi();
      const settings = { AWS_LAMBDA_RUNTIME_API: await api.listen(processes), LAMBDA_TASK_ROOT: task, _HANDLER: 'fib.handler' };
      return async () => {
        await processes.serve(process.execPath, [join(peer, 'bootstrap.js')], settings, () => Promise.resolve(true));
        return async (n) => Number(await api.invoke({ n }));
      };
    });
  },
};
