/** docs/openapi.json: what the gateway's routes say of themselves. Builds the app without anything behind it; no request is made. */
import { readFile } from 'node:fs/promises';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { type AppOptions, buildApp } from '../gateway/app.ts';
import { ProcessMetrics } from '../shared/metrics/process.ts';
import { limits } from '../contracts/limits.ts';

/** The gateway's routes without anything behind them: no request comes further than to its handler. @param access who is let in */
export async function bareApp(access: unknown = {}): Promise<FastifyInstance> {
  const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  const options: Partial<Record<keyof AppOptions, unknown>> = {
    registry: {},
    resolver: { resolve: async () => undefined },
    queue: {},
    inspector: {},
    feed: { close: () => {} },
    lane: { waiters: { close: () => {} } },
    access,
    logs: { followers: { close: () => {} } },
    quotas: { book: { isEmpty: true } },
    trustedProxies: [],
    metrics: new ProcessMetrics({ version, maxFunctions: 0 }),
    readiness: () => ({}),
    system: { version },
    log: pino({ level: 'silent' }),
    limits: { ...limits, maxQueueDepth: 1, keepVersions: 0 },
  };
  return buildApp(options as unknown as AppOptions);
}

export async function renderOpenApi(): Promise<string> {
  const app = await bareApp();
  await app.ready();
  const document = app.swagger();
  await app.close();
  return `${JSON.stringify(document, null, 2)}\n`;
}
