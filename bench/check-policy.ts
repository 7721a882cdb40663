/** What became of ratios of record: which got worse by more than the spread of both runs. Pure. */
import type { RunRecord } from './record.ts';
import type { Comparison, Findings } from './report.ts';
import type { Ratio } from './statistics.ts';

/** `absent`: a contender is, on this machine; `gone`: it should have been compared, and was not. */
export type Verdict = 'same' | 'better' | 'worse' | 'absent' | 'gone';

export interface Judgement {
  readonly title: string;
  readonly of: string;
  readonly record: Ratio;
  readonly fresh: Ratio | undefined;
  readonly verdict: Verdict;
}

/** @returns one for each comparison of record, in its order */
export function judge(record: Pick<Findings, 'comparisons'>, fresh: Pick<Findings, 'comparisons' | 'missing'>): Judgement[] {
  const absent = fresh.missing.filter(({ kind }) => kind === 'absent');
  return record.comparisons.map((old) => {
    const { title, of } = old;
    const now = fresh.comparisons.find((other) => other.title === title && other.of === of);
    if (now !== undefined) return { title, of, record: old.ratio, fresh: now.ratio, verdict: compareSpreads(old, now.ratio) };
    const excused = absent.some(({ path }) => title.includes(path));
    return { title, of, record: old.ratio, fresh: undefined, verdict: excused ? 'absent' : 'gone' };
  });
}

/** Spreads that touch are the same: only one that lies wholly beyond the other says more than noise. */
function compareSpreads({ ratio: old, better }: Comparison, now: Ratio): Verdict {
  if (now.lowest > old.highest) return better === 'higher' ? 'better' : 'worse';
  if (now.highest < old.lowest) return better === 'higher' ? 'worse' : 'better';
  return 'same';
}

/** @returns the second judgement, where nothing is worse that was not so in the first run, too */
export function confirm(first: readonly Judgement[], second: readonly Judgement[]): Judgement[] {
  return second.map((judgement, i) =>
    judgement.verdict === 'worse' && first[i]?.verdict !== 'worse' ? { ...judgement, verdict: 'same' } : judgement,
  );
}

/** @returns in what the circumstances of two runs differ so that their figures do: `cores: 2, now 4` */
export function differences(record: RunRecord, fresh: RunRecord): string[] {
  const noted = ({ machine, loadGenerator }: RunRecord): [name: string, value: string][] => [
    ['CPU', machine.cpu],
    ['cores', `${machine.cores}`],
    ['Node', machine.node],
    ['load from', loadGenerator ?? 'nothing'],
  ];
  const now = new Map(noted(fresh));
  return noted(record).flatMap(([name, old]) => (now.get(name) === old ? [] : [`${name}: ${old}, now ${now.get(name)}`]));
}
