import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import test from 'node:test';
import { UsageWatch } from '../../worker/pool/usage.ts';
import { eventually } from '../support/eventually.ts';

test('the CPU time of a process is counted on, and stays when it has gone; its memory does not', async () => {
  const child = spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' });
  const pids = [child.pid ?? 0];
  const watch = new UsageWatch();
  const seen = await eventually(() => {
    const usage = watch.look(pids);
    return usage.cpuSeconds >= 0.1 && usage;
  });
  assert.ok(seen.memoryBytes > 1e6);
  assert.ok(seen.peakMemoryBytes >= seen.memoryBytes);
  await eventually(() => watch.look(pids).cpuSeconds >= seen.cpuSeconds + 0.05);
  child.kill('SIGSTOP');
  await eventually(() => watch.look(pids).cpuSeconds === watch.look(pids).cpuSeconds);
  const { cpuSeconds } = watch.look(pids);
  child.kill('SIGKILL');
  await once(child, 'close');
  assert.deepEqual(watch.look([]), { cpuSeconds, memoryBytes: 0, peakMemoryBytes: 0 });
});

test('a process that has gone between being named and being looked at counts as nothing', () => {
  assert.deepEqual(new UsageWatch().look([2 ** 22 + 1]), { cpuSeconds: 0, memoryBytes: 0, peakMemoryBytes: 0 });
});
