/** One run of a command, whichever way it is made: its world before, its answer after. */
import type { GuestRequest } from '../../contracts/request.ts';
import { readAnswer } from '../cgi/answer.ts';
import { cgiArguments, cgiEnvironment } from '../cgi/environment.ts';
import type { World } from '../host/world.ts';
import { exited } from './ended.ts';
import type { GuestResponse } from './kind.ts';

export function beginCommand(world: World, request: GuestRequest): void {
  world.args = cgiArguments(request, world.settings.args);
  world.env = cgiEnvironment(request, world.settings.env);
  world.stdin = request.body;
  world.http.begin();
}

/** @throws GuestError GUEST_EXITED for a status that is not 0, GUEST_ANSWER_INVALID */
export function answerOfCommand(world: World, status: number): GuestResponse {
  if (status !== 0) throw exited(status);
  return readAnswer(world.stdout.take());
}
