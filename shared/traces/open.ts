/** The traces of a process, from its settings. */
import { randomUUID } from 'node:crypto';
import type { Logger } from '../logger.ts';
import { TraceExporter } from './exporter.ts';

export interface TracingSettings {
  readonly OTEL_EXPORTER_OTLP_ENDPOINT?: string;
  readonly OTEL_EXPORTER_OTLP_HEADERS: string;
}

/**
 * @param service name of the process among others: bantam-gateway ...
 * @param version of the product
 * @returns undefined when no collector is configured
 */
export function openTraces(settings: TracingSettings, service: string, version: string, log: Logger): TraceExporter | undefined {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_HEADERS: headers } = settings;
  if (endpoint === undefined) return undefined;
  const resource = { 'service.name': service, 'service.version': version, 'service.instance.id': randomUUID() };
  return new TraceExporter({ endpoint, headers: parseHeaders(headers), resource, log });
}

/** @param text name=value, name=value ..., values percent-encoded */
function parseHeaders(text: string): Record<string, string> {
  const pairs = text === '' ? [] : text.split(',');
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      return [pair.slice(0, at).trim(), decodeURIComponent(pair.slice(at + 1).trim())];
    }),
  );
}
