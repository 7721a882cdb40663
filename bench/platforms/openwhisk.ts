/** OpenWhisk actions as its invoker starts and calls them: a process that gets POST /init once and POST /run for every activation. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stage } from '../path.ts';
import { freePort } from '../processes.ts';
import { needOnPath, nodeCommand } from './commands.ts';
import { startListening } from './connection.ts';
import { guestFile } from './guest.ts';
import type { Platform } from './platform.ts';
import { byClock } from './timing.ts';

/** What /init takes, without what is the same for all. */
interface Init {
  readonly code: string;
  readonly env: Readonly<Record<string, string>>;
}

const ofDocker = {
  cold: 'an action server starts, gets /init and /run, and starts a shell and a runtime',
  warm: '/run starts a shell and a runtime each time',
  research: '5.86 s, OpenWhisk Docker action',
} as const;

export const openwhiskNode: Platform = {
  name: 'openwhisk-node',
  cold: 'a Node.js action server starts, gets /init and /run',
  warm: '/run calls an instance that is kept',
  research: '2.68 s, OpenWhisk; 1.34 s, IBM Bluemix',
  prepare: (stage) => prepare(stage, 'nodejs.js', moduleAction),
};

export const openwhiskDockerWasmtime: Platform = {
  name: 'openwhisk-docker-wasmtime',
  ...ofDocker,
  async prepare(stage) {
    await needOnPath(stage.processes, 'wasmtime');
    return prepare(stage, 'docker.js', ({ repository }) => script(['wasmtime', 'run', '--invoke', 'fib', guestFile(repository)]));
  },
};

export const openwhiskDockerNode: Platform = {
  name: 'openwhisk-docker-node',
  ...ofDocker,
  prepare: (stage) => prepare(stage, 'docker.js', ({ repository }) => script(nodeCommand(repository))),
};

type MakeInit = (stage: Stage) => Init | Promise<Init>;

function prepare(stage: Stage, server: string, makeInit: MakeInit): Promise<ReturnType<typeof byClock>> {
  const file = join(stage.repository, 'bench/peers/openwhisk', server);
  return Promise.resolve(
    byClock(stage, async ({ processes }) => {
      const init = await makeInit(stage);
      const port = await freePort();
      const args = [file, `${port}`, processes.temporaryFolder()];
      return async () => {
        const invoker = await startListening(processes, port, process.execPath, args);
        await invoker.postJson('/init', { value: { name: 'fib', main: 'main', binary: false, ...init } });
        return async (n) => resultOf(await invoker.postJson('/run', activation(n)));
      };
    }),
  );
}

/** The instance is kept between activations, as a careful author does it. */
async function moduleAction({ repository }: Stage): Promise<Init> {
  const module = (await readFile(guestFile(repository))).toString('base64');
  const code = `
    const module = new WebAssembly.Module(Buffer.from('${module}', 'base64'));
    const { exports } = new WebAssembly.Instance(module, {});
    function main({ n }) { return { result: exports.fib(n) }; }`;
  return { code, env: {} };
}

/** The executable of a Docker action: gets the JSON of its arguments, prints that of its result. */
function script([command, ...args]: readonly string[]): Init {
  const words = [command, ...args].map((_, i) => `"$FIB_${i}"`).join(' ');
  const code = `#!/bin/sh
n=\${1##*:}
printf '{"result":%s}\\n' "$(${words} "\${n%\\}}")"
`;
  return { code, env: Object.fromEntries([command, ...args].map((word, i) => [`FIB_${i}`, word ?? ''])) };
}

function activation(n: number): object {
  return {
    value: { n },
    namespace: 'guest',
    action_name: '/guest/fib',
    activation_id: '0123456789abcdef0123456789abcdef',
    deadline: `${Date.now() + 60_000}`,
  };
}

function resultOf(body: string): number {
  const { result } = JSON.parse(body) as { result: unknown };
  return Number(result);
}
