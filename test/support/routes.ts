/** Versions and routes made up for tests that run nothing. */
import type { FunctionVersion } from '../../contracts/function.ts';
import type { Share } from '../../contracts/release.ts';
import type { Route } from '../../registry/port.ts';

export function aVersion(version: number, name = 'fib'): FunctionVersion {
  return {
    name,
    version,
    digest: 'ab'.repeat(32),
    sizeBytes: 8,
    kind: 'core',
    entry: 'fib',
    exports: [],
    needs: [],
    config: {},
    limits: { timeoutMs: 1, memoryBytes: 65_536, concurrency: 1 },
    createdAt: '2026-01-01T00:00:00.000Z',
  };
}

/** @param weights by version, newest first */
export function aRoute(weights: readonly (readonly [version: number, weight: number])[], more: Partial<Route> = {}): Route {
  const shares = weights.map(([version, weight]): Share<FunctionVersion> => ({ version: aVersion(version), weight }));
  return { alias: 'live', release: '1', shares, sticky: undefined, guard: undefined, ...more };
}
