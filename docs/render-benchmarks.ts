/** docs/benchmarks.md: the results of record in bench/results/ as a page. */
import { join } from 'node:path';
import { formatCell, formatFactor, formatGoal, formatSpread } from '../bench/format.ts';
import { machineLine } from '../bench/machine.ts';
import { argumentsOf, readResult, type RunRecord } from '../bench/record.ts';
import type { Comparison, FigureTable, Missing } from '../bench/report.ts';
import { reaches } from '../bench/statistics.ts';
import { type BenchmarkText, benchmarkTexts } from './benchmark-texts.ts';
import { escapeMarkdown, generatedFrom, markdownTable } from './markdown.ts';

const introduction = `# Benchmarks

Everything here is measured by commands of this repository, all contenders side by side in one run on one machine, in short alternating rounds. Figures are those of
that machine; what travels are ratios. A ratio is taken within each round; the page gives the median of the rounds, and their lowest and highest as the spread. How each
benchmark measures is in [bench/README.md](../bench/README.md). \`npm run bench -- check\` measures again and says what got worse.`;

/** @returns the page as of bench/results/ */
export async function renderBenchmarks(): Promise<string> {
  const repository = join(import.meta.dirname, '..');
  const results = new Map<string, RunRecord>();
  for (const { name } of benchmarkTexts) {
    const result = await readResult(repository, name);
    if (result !== undefined) results.set(name, result);
  }
  return benchmarksPage(benchmarkTexts, results);
}

/** @param results by the name of the benchmark; one without is named as not measured. Pure */
export function benchmarksPage(texts: readonly BenchmarkText[], results: ReadonlyMap<string, RunRecord>): string {
  const measured = texts.flatMap((text) => {
    const result = results.get(text.name);
    return result === undefined ? [] : [{ text, result }];
  });
  const absent = texts.filter(({ name }) => !results.has(name)).map(({ name }) => `\`${name}\``);
  return `${[
    generatedFrom('bench/results/ and docs/benchmark-texts.ts'),
    introduction,
    ...goals(measured.map(({ result }) => result)),
    ...measured.flatMap(({ text, result }) => section(text, result)),
    ...(absent.length === 0 ? [] : [`## Without a result of record\n\nNot measured yet: ${absent.join(', ')}.`]),
  ].join('\n\n')}\n`;
}

/** What is wanted and what is reached, before any detail. */
function goals(results: readonly RunRecord[]): string[] {
  const wanted = results.flatMap(({ benchmark, comparisons }) =>
    comparisons.flatMap((comparison) => (comparison.goal === undefined ? [] : [{ benchmark, comparison, goal: comparison.goal }])),
  );
  if (wanted.length === 0) return [];
  const missed = wanted.filter(({ goal, comparison }) => !reaches(goal, comparison.ratio));
  const rows = wanted.map(({ benchmark, comparison }) => [benchmark, ...comparisonCells(comparison)]);
  return [
    '## Goals',
    `What the project wants of its ratios: of ${wanted.length} goals, ${wanted.length - missed.length} are reached and ${missed.length} missed. A goal is reached by the median.`,
    markdownTable(['Benchmark', ...comparisonHead], rows),
  ];
}

function section({ title, text }: BenchmarkText, result: RunRecord): string[] {
  const { benchmark, quick, only, machine, date, loadGenerator, tables, comparisons, missing } = result;
  const load = loadGenerator === undefined ? '' : `, load from ${loadGenerator}`;
  return [
    `## ${title}`,
    text,
    `\`npm run bench -- ${argumentsOf(result)}\`, ${date}, on ${escapeMarkdown(machineLine(machine))}${load}. The same as JSON: [bench/results/${benchmark}.json](../bench/results/${benchmark}.json).`,
    ...(quick ? ['**A quick run**: rounds are short, so that spreads are wide.'] : []),
    ...(only === undefined ? [] : ['**A part** of the benchmark: the command names what was measured.']),
    ...tables.filter(({ rows }) => rows.length > 0).flatMap(figures),
    ...ratios(comparisons),
    ...notMeasured(missing),
  ];
}

function figures({ title, columns, rows }: FigureTable): string[] {
  const lines = rows.map((cells) => columns.map(({ unit }, i) => escapeMarkdown(formatCell(unit, cells[i] ?? null))));
  const head = columns.map(({ name }) => escapeMarkdown(name));
  return [`### ${escapeMarkdown(title)}`, markdownTable(head, lines)];
}

const comparisonHead = ['Ratio', 'of', 'better', 'median', 'spread', 'goal'];

function ratios(comparisons: readonly Comparison[]): string[] {
  return comparisons.length === 0 ? [] : ['### Compared', markdownTable(comparisonHead, comparisons.map(comparisonCells))];
}

function comparisonCells({ title, of, better, ratio, goal }: Comparison): string[] {
  const wanted = escapeMarkdown(formatGoal(goal, ratio));
  const isMissed = goal !== undefined && !reaches(goal, ratio);
  return [
    escapeMarkdown(title),
    escapeMarkdown(of),
    better,
    formatFactor(ratio.median),
    formatSpread(ratio),
    isMissed ? `**${wanted}**` : wanted,
  ];
}

function notMeasured(missing: readonly Missing[]): string[] {
  const rows = missing.map(({ path, kind, reason }) => [path, kind, reason.split('\n', 1)[0] ?? ''].map(escapeMarkdown));
  return rows.length === 0 ? [] : ['### Not measured', markdownTable(['What', '', 'Why'], rows)];
}
