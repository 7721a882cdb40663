/** The platforms that functions are exported to: what their bundles have besides what all have. Data. */
import type { FunctionVersion } from '../contracts/function.ts';

export const targetNames = ['openwhisk', 'lambda'] as const;
export type Target = (typeof targetNames)[number];

/** Folder of a bundle with the code of this project, by its paths here. */
export const codeFolder = 'bantam';

interface TargetFiles {
  /** What is loaded by the files below, relative to the project's root. */
  readonly entries: readonly string[];
  /** Texts by path. */
  readonly files: (version: FunctionVersion) => Readonly<Record<string, string>>;
  /** Paths of those that are started. */
  readonly executable: readonly string[];
  /** What to do with the file. */
  readonly next: (name: string, file: string) => string;
}

export const targets: Readonly<Record<Target, TargetFiles>> = {
  openwhisk: {
    entries: ['export/runtime/openwhisk/main.ts', 'export/runtime/openwhisk/server/main.ts'],
    files: ({ name, version }) => ({
      'package.json': `${JSON.stringify({ name, version: `${version}.0.0`, private: true, main: 'index.js' }, undefined, 2)}\n`,
      // Of CommonJS, because that is how OpenWhisk loads an action.
      'index.js': `exports.main = async (params) => (await import('./${codeFolder}/export/runtime/openwhisk/main.mjs')).main(params);\n`,
      'server.mjs': `import './${codeFolder}/export/runtime/openwhisk/server/main.mjs';\n`,
    }),
    executable: [],
    next: (name, file) => `wsk action update ${name} ${file} --kind nodejs:20 --web raw`,
  },
  lambda: {
    entries: ['export/runtime/lambda/main.ts', 'export/runtime/lambda/loop/main.ts'],
    files: () => ({
      'index.mjs': `export { handler } from './${codeFolder}/export/runtime/lambda/main.mjs';\n`,
      bootstrap: `#!/bin/sh\nexec node "$(dirname "$0")/${codeFolder}/export/runtime/lambda/loop/main.mjs"\n`,
    }),
    executable: ['bootstrap'],
    next: (name, file) =>
      `aws lambda create-function --function-name ${name} --zip-file fileb://${file} --runtime nodejs24.x --handler index.handler --role ARN`,
  },
};

export function isTarget(text: string): text is Target {
  return (targetNames as readonly string[]).includes(text);
}
