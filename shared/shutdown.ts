/** How a process ends: on SIGTERM or Ctrl-C it drains and exits 0; when that takes too long, or something unforeseen happens, it exits 1. */
import type { Logger } from './logger.ts';

export interface ShutdownOptions {
  /** Time for `run`; past it the process exits with 1. */
  readonly graceMs: number;
  readonly log: Pick<Logger, 'info' | 'error' | 'fatal'>;
  /** process.exit */
  readonly exit: (code: number) => void;
}

/** npm passes on the signal that the terminal has already sent to the whole process group, so one Ctrl-C arrives twice. */
const sameSignalMs = 500;

/**
 * Installs the signal handlers of a process; called once, in main.ts.
 * @param run drains; called once, with the signal
 */
export function onShutdown(run: (signal: NodeJS.Signals) => Promise<void>, { graceMs, log, exit }: ShutdownOptions): void {
  let firstAtMs: number | undefined;

  function onSignal(signal: NodeJS.Signals): void {
    const nowMs = performance.now();
    if (firstAtMs === undefined) {
      firstAtMs = nowMs;
      void drain(signal);
    } else if (nowMs - firstAtMs > sameSignalMs) {
      log.error({ signal }, 'told to stop again: exiting at once');
      exit(1);
    }
  }

  async function drain(signal: NodeJS.Signals): Promise<void> {
    log.info({ signal, graceMs }, 'shutting down');
    // Not unref'd: it also catches a drain that waits for something which no longer keeps the process alive.
    const timer = setTimeout(() => {
      log.error({ graceMs }, 'not done within the grace period: exiting');
      exit(1);
    }, graceMs);
    try {
      await run(signal);
      log.info('shut down');
      exit(0);
    } catch (err) {
      log.error({ err }, 'shutting down failed');
      exit(1);
    } finally {
      clearTimeout(timer);
    }
  }

  function onUnforeseen(err: unknown): void {
    log.fatal({ err }, 'unforeseen error: exiting');
    exit(1);
  }

  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  process.on('uncaughtException', onUnforeseen);
  process.on('unhandledRejection', onUnforeseen);
}
