/** First code of a locked process: takes the program's modules from standard input, so that it reads none from disk. Passed as text (program.ts). */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

/** URL -> JavaScript. */
const sources = new Map(JSON.parse(readFileSync(0, 'utf8')) as [string, string][]);

registerHooks({
  resolve: (specifier, context, next) => {
    const url = URL.parse(specifier, context.parentURL)?.href;
    return url !== undefined && sources.has(url) ? { url, format: 'module', shortCircuit: true } : next(specifier, context);
  },
  load: (url, context, next) => {
    const source = sources.get(url);
    return source === undefined ? next(url, context) : { source, format: 'module', shortCircuit: true };
  },
});

const [, entry] = process.argv;
if (entry === undefined) throw new Error('no entry is named');
await import(entry);
