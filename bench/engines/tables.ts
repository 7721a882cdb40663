/** Results as tables: a row for each program, a column for each contender, medians over the rounds. Pure. */
import type { Cell, Column, FigureTable, Unit } from '../report.ts';
import { median } from '../statistics.ts';
import {
  firstCallUs,
  type Measure,
  processUs,
  readyUs,
  residentBytes,
  secondCallUs,
  steadyProcessorUs,
  steadyUs,
  valuesOf,
} from './figures.ts';
import type { Measured, Result } from './measure.ts';
import type { Research, Program } from './programs.ts';

/** Those that call a program more than once in a process. */
const repeating = ['clang', 'gcc', 'wasm2c', 'v8', 'v8-kept', 'bantam'];
const processes = ['clang', 'gcc', 'wasm2c', 'v8', ...['wasmtime', 'wasmer', 'wasmedge', 'iwasm'].flatMap((name) => [name, `${name}-aot`])];
const ahead = processes.filter((name) => name === 'wasm2c' || name.endsWith('-aot'));
const theirs: readonly (keyof Research)[] = ['native', 'wasmtime', 'wasmer', 'lucet'];

/** @param programs in the order of the rows */
export function toTables(programs: readonly Program[], { versions, results }: Measured): FigureTable[] {
  const table = (title: string, all: readonly FigureColumn[]): FigureTable => {
    // Whose column would be empty is among the missing.
    const columns = all.filter(({ cell }) => programs.some((program) => cell(program) !== null));
    return {
      title,
      columns: [{ name: 'program', unit: 'text' }, ...columns.map(({ name, unit }): Column => ({ name, unit }))],
      rows: columns.length === 0 ? [] : programs.map((program) => [program.title, ...columns.map(({ cell }) => cell(program))]),
    };
  };
  const timesOf = (names: readonly string[], measure: Measure): FigureColumn[] => names.map((name) => timeColumn(results, name, measure));
  const tables = [
    {
      title: 'contenders',
      columns: [
        { name: 'contender', unit: 'text' },
        { name: 'version', unit: 'text' },
      ],
      rows: [...versions],
    } satisfies FigureTable,
    table('steady calls', timesOf(repeating, steadyUs)),
    table('steady calls, processor time', timesOf(repeating, steadyProcessorUs)),
    table('first call ever', timesOf(repeating, firstCallUs)),
    table('second call', timesOf(repeating, secondCallUs)),
    table('a process for one call', [...timesOf(processes, processUs), ...theirs.map(researchColumn)]),
    table(
      'compiled ahead of time in',
      ahead.map((name) => aheadColumn(results, name)),
    ),
    table('start-up and memory', [
      ...['v8', 'bantam'].map((name) => timeColumn(results, name, readyUs, `${name}: compile and instantiate`)),
      ...['v8', 'v8-kept', 'bantam'].map((name) =>
        figureColumn(`${name}: resident after the calls`, 'bytes', results, name, residentBytes),
      ),
    ]),
  ];
  return tables.filter(({ rows }) => rows.length > 0);
}

interface FigureColumn extends Column {
  readonly cell: (program: Program) => Cell;
}

function figureColumn(name: string, unit: Unit, results: readonly Result[], contender: string, measure: Measure): FigureColumn {
  return {
    name,
    unit,
    cell: (program) => {
      const values = valuesOf(find(results, program, contender)?.rounds ?? [], measure);
      return values === undefined ? null : median(values);
    },
  };
}

function timeColumn(results: readonly Result[], contender: string, measure: Measure, name = contender): FigureColumn {
  const toMs: Measure = (run) => {
    const us = measure(run);
    return us === undefined ? undefined : us / 1_000;
  };
  return figureColumn(name, 'ms', results, contender, toMs);
}

function aheadColumn(results: readonly Result[], name: string): FigureColumn {
  return {
    name,
    unit: 'ms',
    cell: (program) => {
      const us = find(results, program, name)?.aheadUs;
      return us === undefined ? null : us / 1_000;
    },
  };
}

function researchColumn(key: keyof Research): FigureColumn {
  return {
    name: `2020, theirs: ${key}`,
    unit: 'ms',
    cell: ({ research }) => {
      const seconds = research?.[key] ?? null;
      return seconds === null ? null : seconds * 1_000;
    },
  };
}

function find(results: readonly Result[], program: Program, contender: string): Result | undefined {
  return results.find((result) => result.program === program && result.contender === contender);
}
