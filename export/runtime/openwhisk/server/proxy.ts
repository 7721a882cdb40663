/** The protocol between OpenWhisk and the container of an action. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Action } from '../action.ts';
import type { Parameters } from '../request.ts';

/** What ends the logs of an activation; the text is OpenWhisk's. */
const endOfLogs = 'XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX\n';

export interface ProxyOptions {
  readonly run: Action;
  /** Takes what /init gives as environment. */
  readonly environment: Record<string, string | undefined>;
  /** Writes to both logs. */
  readonly write: (line: string) => void;
}

interface Reply {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * `/init` takes the environment and leaves code alone, for that is in the bundle; `/run` takes an activation. A failure of the guest is an
 * answer, 200 with `error`, as an action's own is; 502 is a defect of the handler.
 * @see https://github.com/apache/openwhisk/blob/master/docs/actions-new.md
 */
export function answerTo(options: ProxyOptions): RequestListener {
  return (request, response) => {
    void replyTo(options, request)
      .catch((error: unknown): Reply => ({ status: 502, body: { error: error instanceof Error ? error.message : String(error) } }))
      .then((reply) => send(response, reply));
  };
}

async function replyTo({ run, environment, write }: ProxyOptions, request: IncomingMessage): Promise<Reply> {
  const route = `${request.method} ${request.url}`;
  if (route !== 'POST /init' && route !== 'POST /run') return { status: 404, body: { error: 'there are POST /init and POST /run' } };
  const { value = {} } = JSON.parse(await textOf(request)) as { readonly value?: Parameters };
  if (route === 'POST /init') {
    for (const [name, text] of Object.entries(value['env'] ?? {})) environment[name] = String(text);
    return { status: 200, body: { OK: true } };
  }
  try {
    return { status: 200, body: run(value) };
  } finally {
    write(endOfLogs);
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  return text === '' ? '{}' : text;
}

function send(response: ServerResponse, { status, body }: Reply): void {
  const json = Buffer.from(JSON.stringify(body));
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': json.length }).end(json);
}
