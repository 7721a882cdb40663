/** What was measured of the platforms, as tables and comparisons. */
import type { Comparison, FigureTable } from '../report.ts';
import { median, toRatio } from '../statistics.ts';
import { bareCall, bareFastify } from './floors.ts';
import { comparedFigures, entries, ours, type WorkName } from './plan.ts';
import type { Platform, Sample } from './platform.ts';
import type { Measured } from './rounds.ts';

type Samples = Measured<WorkName>['samplesOf'];

/** @returns a table for each work, and what their columns mean for each platform */
export function tablesOf(samplesOf: Samples): FigureTable[] {
  const measured = (work: WorkName): Platform[] =>
    entries.flatMap(({ platform }) => (samplesOf(platform.name, work).length > 0 ? [platform] : []));
  const bare = figures(samplesOf, bareCall.name, 'nothing', 'warmMs');
  const fastify = figures(samplesOf, bareFastify.name, 'nothing', 'warmMs');
  return [
    {
      title: 'fib(42)',
      columns: [
        { name: 'platform', unit: 'text' },
        { name: 'first call', unit: 'ms' },
        { name: 'following calls', unit: 'ms' },
        { name: 'the research, 2020, on a machine of its own', unit: 'text' },
      ],
      rows: measured('fib').map(({ name, research }) => {
        const of = (figure: keyof Sample): number => median(figures(samplesOf, name, 'fib', figure));
        return [name, of('coldMs'), of('warmMs'), research];
      }),
    },
    {
      title: 'a function that does nothing: fib(0), one caller, one call after the other',
      columns: [
        { name: 'platform', unit: 'text' },
        { name: 'first call', unit: 'ms' },
        { name: 'p50', unit: 'us' },
        { name: 'over a bare call', unit: 'us' },
        { name: 'of bare-fastify', unit: 'ratio' },
      ],
      rows: measured('nothing').map(({ name }) => {
        const warm = figures(samplesOf, name, 'nothing', 'warmMs');
        const cold = median(figures(samplesOf, name, 'nothing', 'coldMs'));
        const over = bare.length > 0 ? (median(warm) - median(bare)) * 1_000 : null;
        return [name, cold, median(warm) * 1_000, over, toRatio(warm, fastify)?.median ?? null];
      }),
    },
    {
      title: 'what the calls are',
      columns: [
        { name: 'platform', unit: 'text' },
        { name: 'the first call', unit: 'text' },
        { name: 'following calls', unit: 'text' },
      ],
      rows: measured('nothing').map(({ name, cold, warm }) => [name, cold, warm]),
    },
  ];
}

/** @returns Bantam's deployments by all that was measured beside them */
export function comparisonsOf(samplesOf: Samples): Comparison[] {
  const peers = entries.map(({ platform }) => platform.name).filter((name) => !ours.includes(name));
  return comparedFigures.flatMap(({ of, work, figure, except }) =>
    ours.flatMap((own) =>
      peers.flatMap((peer): Comparison[] => {
        if (except.includes(peer)) return [];
        const ratio = toRatio(figures(samplesOf, own, work, figure), figures(samplesOf, peer, work, figure));
        return ratio === undefined ? [] : [{ title: `${own} / ${peer}`, of, ratio, better: 'lower' }];
      }),
    ),
  );
}

function figures(samplesOf: Samples, platform: string, work: WorkName, figure: keyof Sample): number[] {
  return samplesOf(platform, work).map((sample) => sample[figure]);
}
