/** Reads the Prometheus text format, and is strict about it. @see https://prometheus.io/docs/instrumenting/exposition_formats/ */

/** Prometheus takes NaN in any case, and prom-client writes Nan. */
const sampleLine = /^([a-zA-Z_:][a-zA-Z0-9_:]*(?:\{[^}]*\})?) ([+-]?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|Inf)|NaN|Nan)$/;
const labelSet = /^\{(?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*",?)+\}$/;
const helpLine = /^# HELP [a-zA-Z_:][a-zA-Z0-9_:]* \S.*$/;
const typeLine = /^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram|summary)$/;

/**
 * @returns values by sample, labels included, as they stand in the text
 * @throws Error on a line that is none, a sample without a type, a sample or type given twice
 */
export function parseMetrics(text: string): Map<string, number> {
  const samples = new Map<string, number>();
  const types = new Map<string, string>();
  for (const line of text.split('\n')) {
    if (line === '' || helpLine.test(line)) continue;
    const [, typed, type] = typeLine.exec(line) ?? [];
    if (typed !== undefined && type !== undefined) {
      if (types.has(typed)) throw new Error(`the type of ${typed} is given twice`);
      types.set(typed, type);
      continue;
    }
    const [, sample, value] = sampleLine.exec(line) ?? [];
    if (sample === undefined || value === undefined) throw new Error(`this is no line of the format: ${line}`);
    const [name = '', labels] = sample.split(/(?=\{)/);
    if (labels !== undefined && !labelSet.test(labels)) throw new Error(`these are no labels: ${line}`);
    if (!types.has(name) && types.get(name.replace(/_(bucket|sum|count)$/, '')) !== 'histogram') throw new Error(`${name} has no type`);
    if (samples.has(sample)) throw new Error(`${sample} is given twice`);
    samples.set(sample, value.endsWith('Inf') ? Number(value.replace('Inf', 'Infinity')) : Number(value));
  }
  return samples;
}
