/** A real Prometheus with the configuration of ops/prometheus, but for where its targets are and how often it asks them. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { needProgram } from './debian.ts';
import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';
import { Program } from './program.ts';

export const prometheusFolder = join(import.meta.dirname, '../../ops/prometheus');

/** Of promtool and prometheus. */
export const prometheusPackages = ['prometheus'];

/** `host:port` by the job of prometheus.yml. */
export type Targets = Readonly<Record<string, readonly string[]>>;

export interface PrometheusServer {
  /** @returns the values of an instant query, none when it has no data. @throws Error when it is no expression */
  query(expression: string): Promise<number[]>;
  /** @returns those of a label, in the series of a selector */
  labelValues(selector: string, label: string): Promise<string[]>;
  stop(): Promise<void>;
}

interface Config {
  readonly global: object;
  readonly rule_files: readonly string[];
  readonly scrape_configs: readonly { readonly job_name: string }[];
}

/** Resolves once every target has been scraped. */
export async function startPrometheus(targets: Targets): Promise<PrometheusServer> {
  const program = needProgram('prometheus', prometheusPackages);
  const folder = await mkdtemp(join(tmpdir(), 'bantam-prometheus-'));
  const file = join(folder, 'prometheus.yml');
  await writeFile(file, stringify(configOf(parse(await readFile(join(prometheusFolder, 'prometheus.yml'), 'utf8')) as Config, targets)));
  const port = await freePort();
  const server = new Program(
    '',
    {},
    {
      command: [program, `--config.file=${file}`, `--storage.tsdb.path=${join(folder, 'data')}`, `--web.listen-address=127.0.0.1:${port}`],
    },
  );
  const ask = async <T>(path: string): Promise<T> => {
    const answer = (await (await fetch(`http://127.0.0.1:${port}/api/v1/${path}`)).json()) as { data: T; error?: string };
    if (answer.error !== undefined) throw new Error(`${answer.error}: ${path}`);
    return answer.data;
  };
  const query = async (expression: string): Promise<number[]> => {
    const { result } = await ask<{ result: { value: [number, string] }[] }>(`query?query=${encodeURIComponent(expression)}`);
    return result.map(({ value }) => Number(value[1]));
  };
  const count = Object.values(targets).flat().length;
  await eventually(async () => (await query('count(up == 1)'))[0] === count, { timeoutMs: 20_000, intervalMs: 100 });
  return {
    query,
    labelValues: (selector, label) => ask(`label/${label}/values?match[]=${encodeURIComponent(selector)}`),
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true });
    },
  };
}

function configOf(config: Config, targets: Targets): object {
  return {
    ...config,
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: config.rule_files.map((pattern) => join(prometheusFolder, pattern)),
    scrape_configs: config.scrape_configs.map(({ job_name }) => ({ job_name, static_configs: [{ targets: targets[job_name] ?? [] }] })),
  };
}
