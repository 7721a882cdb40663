/** `npm run export -- NAME --target openwhisk|lambda`: writes a bundle that runs a function outside Bantam. Exits 0, 1, or 2 for a wrong command line. */
import { writeFile } from 'node:fs/promises';
import { runMain } from '../shared/run-main.ts';
import { StartupError } from '../shared/startup-error.ts';
import { makeBundle } from './bundle.ts';
import { download } from './download.ts';
import { type ExportOptions, parseOptions, UsageError } from './options.ts';
import { Server } from './server.ts';
import { targets } from './targets.ts';

await runMain(
  () => writeBundle(readCommandLine(process.argv.slice(2))),
  (code) => process.exit(code),
);

async function writeBundle({ reference, target, url, key, out }: ExportOptions): Promise<void> {
  const downloaded = await download(new Server(url, key), reference);
  const bundle = makeBundle(downloaded, target);
  await writeFile(out, bundle, { flag: 'wx' }).catch((error: unknown) => {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new StartupError(
      `${out} ${code === 'EEXIST' ? 'exists already' : `cannot be written (${message})`}: name another file with --out`,
    );
  });
  const { name, version, kind, config } = downloaded.version;
  console.log(`${out}: ${name}@${version} (${kind}), ${bundle.length} bytes`);
  const secrets = Object.keys(config.secrets ?? {});
  if (secrets.length > 0) console.log(`Secrets are not exported. Set these variables of the environment there: ${secrets.join(', ')}`);
  console.log(`Next, for example: ${targets[target].next(name.replace('.', '-'), out)}`);
}

function readCommandLine(args: readonly string[]): ExportOptions {
  try {
    return parseOptions(args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`bantam: ${error.message}\n`);
    return process.exit(2);
  }
}
