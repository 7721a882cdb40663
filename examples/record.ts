/** Writes build.json into the current folder, an example's: `record` of tools.sh calls it with the module and the versions, a line each. */
import { readFileSync, writeFileSync } from 'node:fs';
import { type BuildRecord, sha256, sourceDigest } from './sources.ts';

const [module = '', tools = ''] = process.argv.slice(2);
const record: BuildRecord = {
  sources: sourceDigest('.'),
  module: sha256(readFileSync(module)),
  tools: [...new Set(tools.split('\n').filter((line) => line !== ''))],
  builtOn: new Date().toISOString().slice(0, 10),
};
writeFileSync('build.json', `${JSON.stringify(record, null, 2)}\n`);
