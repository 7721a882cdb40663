/** Programs that tests need and that come with Debian: taken from the PATH, or installed with apt-get as root. */
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';

/**
 * @param program as in the PATH
 * @param packages that bring it
 * @returns the program
 * @throws Error saying what to install, where it is missing and cannot be installed
 */
export function needProgram(program: string, packages: readonly string[]): string {
  if (isThere(program)) return program;
  const missing = `tests need ${program}: install it (apt-get install ${packages.join(' ')}, or its like)`;
  if (process.getuid?.() !== 0 || !isThere('apt-get')) throw new Error(missing);
  withoutStartingServices(() => {
    for (const args of [['update'], ['install', '-y', '--no-install-recommends', ...packages]]) {
      const { status, stderr } = spawnSync('apt-get', args, {
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
        encoding: 'utf8',
      });
      if (status !== 0) throw new Error(`${missing}; apt-get ${args[0]} failed: ${stderr}`);
    }
  });
  return program;
}

/**
 * For tests of what goes with Bantam and not of Bantam: a machine that has not got these programs and cannot install them goes without.
 * @returns why they are skipped; false when the program is there
 */
export function skipWithout(program: string, packages: readonly string[]): string | false {
  try {
    needProgram(program, packages);
    return false;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Whether it can be started at all, by its name in the PATH or by its path. */
export function isThere(program: string): boolean {
  return spawnSync(program, ['--version']).status === 0;
}

/** Debian asks this file whether a package may start its service (invoke-rc.d(8)). */
function withoutStartingServices(install: () => void): void {
  const policy = '/usr/sbin/policy-rc.d';
  if (existsSync(policy)) return install();
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    install();
  } finally {
    rmSync(policy);
  }
}
