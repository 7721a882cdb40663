/** What a gateway says of releases, for whoever listens: today the log. */
import type { Release } from '../../contracts/release.ts';
import type { Logger } from '../../shared/logger.ts';

/** An alias was moved by this gateway, otherwise than by a publish. */
export interface ReleaseEvent {
  readonly type: 'release';
  readonly release: Release;
}

/** What took itself back is a warning: somebody has to look at it. */
export function logEvent(log: Logger, { release }: ReleaseEvent): void {
  const { function: name, alias, reason, detail } = release;
  if (reason === 'guard') log.warn({ release }, `took back a release of ${name}:${alias}: ${detail}`);
  else log.info({ release }, `released ${name}:${alias}: ${reason}`);
}
