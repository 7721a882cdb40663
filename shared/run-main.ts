/** How a process starts: what an operator can mend is one line on stderr and exit 1; anything else is a defect and shows its stack. */
import { ConfigError } from './config.ts';
import { StartupError } from './startup-error.ts';

/** Called once, in main.ts. @param exit process.exit */
export async function runMain(main: () => Promise<void>, exit: (code: number) => void): Promise<void> {
  try {
    await main();
  } catch (error) {
    const known = error instanceof ConfigError || error instanceof StartupError;
    process.stderr.write(`bantam: ${known ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
    exit(1);
  }
}
