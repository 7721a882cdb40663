// An OpenWhisk Docker action, without the container: its `exec` runs as a process per activation. Arguments: port, folder for exec.
import { execFile } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { listen } from './proxy.js';

const [port, folder] = process.argv.slice(2);
const program = join(folder, 'exec');
const start = promisify(execFile);

listen(
  Number(port),
  async ({ code, binary, env }) => {
    if (binary) throw new Error('this one takes a script, no archive');
    Object.assign(process.env, env);
    await writeFile(program, code);
    await chmod(program, 0o755);
  },
  async ({ value, ...activation }) => {
    const names = Object.entries(activation).map(([name, text]) => [`__OW_${name.toUpperCase()}`, text]);
    const { stdout } = await start(program, [JSON.stringify(value)], { env: { ...process.env, ...Object.fromEntries(names) } });
    // What it writes before its last line is log.
    return JSON.parse(stdout.trimEnd().split('\n').at(-1));
  },
);
