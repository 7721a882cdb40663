/** Sends a callback: one POST over https, to nobody but who was checked. */
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import type { LookupFunction } from 'node:net';
import { BantamError } from '../../contracts/errors.ts';
import { retryAfterMs } from '../../queue/async/retry.ts';
import { type Carried, failed, refused } from './carried.ts';

export interface Callback {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface PostOptions {
  readonly lookup: LookupFunction;
  /** For the whole of it: name, connection, answer. */
  readonly timeoutMs: number;
  /** PEM of who is trusted in place of the system's. */
  readonly ca: string | undefined;
}

/** Of an answer, of which only the status counts: enough for it to end in peace. */
const maxAnswerBytes = 65_536;

/** A status from 200 to 299 is success. Redirects are not followed: they lead where nobody has checked. Never rejects. */
export async function postCallback({ url, headers, body }: Callback, options: PostOptions): Promise<Carried> {
  const signal = AbortSignal.timeout(options.timeoutMs);
  try {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      request(url, {
        method: 'POST',
        headers: { ...headers, 'content-length': body.length, 'user-agent': 'bantam' },
        // A connection of its own: none that was opened for somebody else, by other rules.
        agent: false,
        lookup: options.lookup,
        ca: options.ca,
        signal,
      })
        .on('response', resolve)
        .on('error', reject)
        .end(body);
    });
    await drain(answer);
    return judge(answer);
  } catch (error) {
    if (error instanceof BantamError) return refused(error.message);
    if (signal.aborted) return failed(`it did not answer within ${options.timeoutMs} ms`);
    // The code and not the message: that names addresses of the operator's network.
    return failed(`it could not be reached: ${(error as NodeJS.ErrnoException).code ?? 'the connection failed'}`);
  }
}

/** 410 says that nobody wants to hear of it any more (Standard Webhooks, "Delivery success and failure"). */
function judge({ statusCode: status = 0, rawHeaders }: IncomingMessage): Carried {
  if (status >= 200 && status < 300) return { ok: true };
  const detail = `it answered with status ${status}`;
  return status === 410 ? refused(detail) : failed(detail, retryAfterMs(rawHeaders, Date.now()));
}

async function drain(answer: IncomingMessage): Promise<void> {
  let bytes = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > maxAnswerBytes) break;
    }
  } catch {
    // The status is there, and with it all that matters.
  }
}
