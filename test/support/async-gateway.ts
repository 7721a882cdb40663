/** The gateway's asynchronous routes on a real record, with nobody who runs anything: the test is the worker. */
import Fastify, { type FastifyInstance } from 'fastify';
import { BantamError } from '../../contracts/errors.ts';
import { Acceptor } from '../../gateway/async/accept.ts';
import { Waiters } from '../../gateway/async/waiters.ts';
import { Dispatch } from '../../gateway/invoke/dispatch.ts';
import { Resolver } from '../../gateway/invoke/resolver.ts';
import problems from '../../gateway/plugins/problems.ts';
import { asyncRoutes } from '../../gateway/routes/async.ts';
import { deadLetterRoutes } from '../../gateway/routes/dead-letters.ts';
import { invocationRoutes } from '../../gateway/routes/invocations.ts';
import { createLocalQueue } from '../../queue/local.ts';
import { LanePhases } from '../../shared/metrics/phases.ts';
import { type AsyncLane, openAsyncLane } from './async-lane.ts';
import { registerOpenAuth } from './open-auth.ts';
import type { TestPostgres } from './postgres.ts';

export interface AsyncGateway {
  readonly lane: AsyncLane;
  readonly app: FastifyInstance;
  readonly url: string;
  readonly waiters: Waiters;
  /** Ids of each question of those who wait. */
  readonly questions: (readonly string[])[];
  close(): Promise<void>;
}

export const maxBodyBytes = 65_536;
export const allowedCallback = 'https://hooks.example.com/done';

export async function openAsyncGateway(postgres: TestPostgres): Promise<AsyncGateway> {
  const lane = await openAsyncLane(postgres);
  const { store, engine } = lane;
  const onFault = (): void => {};
  const questions: (readonly string[])[] = [];
  const waiters = new Waiters({
    finished: (ids) => {
      questions.push(ids);
      return store.finished(ids);
    },
  });
  const dispatch = new Dispatch({
    resolver: new Resolver(lane.registry),
    queue: createLocalQueue().producer,
    maxQueueDepth: 1,
    onRefused: () => {},
    phases: new LanePhases(),
  });
  const allowCallback = (url: string): BantamError | undefined =>
    url === allowedCallback ? undefined : new BantamError('DESTINATION_NOT_ALLOWED', url);
  const app = Fastify({ ajv: { customOptions: { coerceTypes: true, removeAdditional: false } } });
  await app.register(problems);
  await registerOpenAuth(app);
  await app.register(async (scope) =>
    asyncRoutes(scope, { dispatch, acceptor: new Acceptor({ store, engine, maxBacklog: 1_000, onFault }), maxBodyBytes, allowCallback }),
  );
  await app.register(async (scope) => {
    invocationRoutes(scope, { store, waiters });
    deadLetterRoutes(scope, { store, engine, onFault });
  });
  return {
    lane,
    app,
    url: await app.listen({ host: '127.0.0.1', port: 0 }),
    waiters,
    questions,
    async close() {
      await app.close();
      await lane.close();
    },
  };
}
