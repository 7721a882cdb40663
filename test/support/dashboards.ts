/** What is in ops/grafana and ops/prometheus/rules, read as a Grafana and a Prometheus read it. */
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';

const ops = join(import.meta.dirname, '../../ops');

export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly datasource?: { readonly uid: string };
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
  readonly targets?: readonly { readonly refId: string; readonly expr: string; readonly legendFormat: string }[];
}

export interface Dashboard {
  readonly file: string;
  readonly uid: string;
  readonly title: string;
  readonly tags: readonly string[];
  readonly panels: readonly Panel[];
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly type: string; readonly query: string | { query: string } }[];
  };
}

export interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export function readDashboards(): Dashboard[] {
  return globSync(join(ops, 'grafana/dashboards/*.json')).map((path) =>
    Object.assign(JSON.parse(readFileSync(path, 'utf8')) as Omit<Dashboard, 'file'>, { file: basename(path) }),
  );
}

export function readRules(): Rule[] {
  return globSync(join(ops, 'prometheus/rules/*.yml')).flatMap((path) =>
    (parse(readFileSync(path, 'utf8')) as { groups: { rules: Rule[] }[] }).groups.flatMap(({ rules }) => rules),
  );
}

/** @returns the expression of an alert without its threshold: what must have data, whether or not it fires */
export function withoutThreshold(expr: string): string {
  const compared = /^absent\((.*)\)$/s.exec(expr)?.[1] ?? expr;
  return compared.replace(/\s*(?:==|>|<)\s*[\d.]+\s*$/, '');
}
