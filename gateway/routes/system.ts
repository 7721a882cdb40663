/** What this installation is made of: version, deployment, engines, and the locks that are really on. */
import type { FastifyInstance } from 'fastify';
import type { ActiveLocks } from '../../shared/sandbox/locks.ts';

export interface SystemDescription {
  readonly version: string;
  readonly deployment: {
    readonly registry: 'embedded' | 'postgres';
    readonly queue: 'local' | 'redis';
    /** Whether this process also runs guests. */
    readonly worker: 'embedded' | 'separate';
  };
  /** Locks on the processes this server starts: executors where the worker is embedded, inspectors everywhere. */
  readonly locks: ActiveLocks;
}

export function systemRoutes(app: FastifyInstance, system: SystemDescription): void {
  const { node, v8 } = process.versions;
  app.get(
    '/api/system',
    {
      config: { access: 'read', about: 'installation' },
      schema: { summary: 'Version, deployment, engines, and the locks in force', tags: ['operation'] },
    },
    () => ({
      ...system,
      engines: { node, v8 },
      platform: { os: process.platform, arch: process.arch },
    }),
  );
}
