/** docs/openapi.json: what the gateway's routes say of themselves. Builds the app without anything behind it; no request is made. */
import { readFile } from 'node:fs/promises';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { type AppOptions, buildApp } from '../gateway/app.ts';
import { limits } from '../contracts/limits.ts';

export async function renderOpenApi(): Promise<string> {
  const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  const options: Partial<Record<keyof AppOptions, unknown>> = {
    registry: {},
    resolver: {},
    queue: {},
    inspector: {},
    feed: { close: () => {} },
    lane: { waiters: { close: () => {} } },
    metrics: new Registry(),
    readiness: () => ({}),
    system: { version },
    log: pino({ level: 'silent' }),
    limits: { ...limits, maxQueueDepth: 1, keepVersions: 0 },
  };
  // Routes are only registered here: nothing that a request would need is touched.
  const app = await buildApp(options as unknown as AppOptions);
  await app.ready();
  const document = app.swagger();
  await app.close();
  return `${JSON.stringify(document, null, 2)}\n`;
}
