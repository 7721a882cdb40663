/** Replies that the pool itself gives. Pure. */
import { failure, type Reply } from '../../contracts/invocation.ts';

export function cancelled(): Reply {
  return failure('INVOCATION_CANCELLED', 'the invocation was cancelled before its guest was started');
}

/** V8 ends the process when the JavaScript heap is full, and says so: that is memory, not a riddle. */
export function describeCrash(lastWords: string): Reply {
  return /heap out of memory|Reached heap limit|process out of memory/i.test(lastWords)
    ? failure('GUEST_MEMORY_EXCEEDED', 'the guest filled the heap of its process')
    : failure('EXECUTOR_LOST', 'the process running the guest ended during the call');
}
