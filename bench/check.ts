/** `npm run bench -- check`: quick runs beside the results of record, and what got worse since. */
import { type Benchmark, takeRecord } from './benchmark.ts';
import { confirm, differences, judge, type Judgement } from './check-policy.ts';
import { formatFactor, formatSpread } from './format.ts';
import { describeMachine, isBusy, machineLine } from './machine.ts';
import type { Stage } from './path.ts';
import { printMissing } from './print.ts';
import { readResult, type RunRecord } from './record.ts';
import { isWhole } from './report.ts';
import type { Ratio } from './statistics.ts';
import { formatTable } from './table.ts';

/**
 * Measures again what has a result of record.
 * @param only names of benchmarks; undefined for all
 * @returns whether there was something to compare, all of it could be, and nothing got worse
 */
export async function check(
  benchmarks: ReadonlyMap<string, Benchmark>,
  stage: Stage,
  only: readonly string[] | undefined,
): Promise<boolean> {
  const outcomes: boolean[] = [];
  if (isBusy(describeMachine())) console.log('This machine is busy with something else: what looks worse may be that.');
  for (const [name, benchmark] of benchmarks) {
    if (only !== undefined && !only.includes(name)) continue;
    const record = await readResult(stage.repository, name);
    if (record === undefined) console.log(`${name}: there is no result of record`);
    else outcomes.push(await checkOne(name, benchmark, stage, record));
  }
  return outcomes.length > 0 && outcomes.every(Boolean);
}

async function checkOne(name: string, benchmark: Benchmark, stage: Stage, record: RunRecord): Promise<boolean> {
  // What one run started must not take time from the next.
  const run = async (): Promise<RunRecord> => {
    const processes = stage.processes.part();
    try {
      return await takeRecord(name, benchmark, { ...stage, processes }, { only: record.only, quick: true });
    } finally {
      await processes.stop();
    }
  };
  console.log(`\n${name}, of record: ${record.date}, ${machineLine(record.machine)}`);
  let fresh = await run();
  let judgements = judge(record, fresh);
  const failed = !isWhole(fresh);
  if (judgements.some(({ verdict }) => verdict === 'worse')) {
    console.log(`${name}: something looks worse; once more, since one run of few rounds may be chance`);
    fresh = await run();
    judgements = confirm(judgements, judge(record, fresh));
  }
  for (const difference of differences(record, fresh))
    console.log(`not the same as of record: ${difference}; ratios travel, figures do not`);
  printMissing(fresh.missing);
  printJudgements(judgements);
  const bad = judgements.filter(({ verdict }) => verdict === 'worse' || verdict === 'gone');
  for (const { verdict, title, of } of bad) console.log(`${verdict}: ${name}, ${title}, ${of}`);
  return bad.length === 0 && !failed && isWhole(fresh);
}

function printJudgements(judgements: readonly Judgement[]): void {
  const written = (ratio: Ratio | undefined): string =>
    ratio === undefined ? '–' : `${formatFactor(ratio.median)} (${formatSpread(ratio)})`;
  const lines = judgements.map(({ title, of, record, fresh, verdict }) => [title, of, written(record), written(fresh), verdict]);
  if (lines.length > 0) console.log(`\n${formatTable(['ratio', 'of', 'of record', 'now', ''], lines)}`);
}
