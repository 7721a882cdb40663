/** Says once that a server is out of reach and once that it is back, however often its client complains meanwhile. */

export interface OutageWatch {
  /** The client's error callback. */
  readonly onError: (error: Error) => void;
  stop(): void;
}

const lookEveryMs = 250;

/**
 * @param name  of the server, for the log
 * @param ready whether it is in reach
 */
export function watchOutage(
  name: string,
  log: { warn(fields: object, message: string): void; info(message: string): void },
  ready: () => boolean,
): OutageWatch {
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    clearInterval(timer);
    timer = undefined;
  };
  const look = (): void => {
    if (!ready()) return;
    stop();
    log.info(`${name} is back`);
  };
  return {
    onError(error) {
      if (timer !== undefined) return;
      log.warn({ err: error }, `${name} cannot be reached: trying again`);
      timer = setInterval(look, lookEveryMs).unref();
    },
    stop,
  };
}
