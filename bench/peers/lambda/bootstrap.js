// A Lambda runtime: asks the runtime API for the next event, calls the handler, posts its result. Settings are those that Lambda gives.
import { Agent, request as open } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';

const { AWS_LAMBDA_RUNTIME_API, LAMBDA_TASK_ROOT, _HANDLER } = process.env;
const [file, name] = _HANDLER.split('.');
const { [name]: handler } = await import(pathToFileURL(join(LAMBDA_TASK_ROOT, `${file}.mjs`)).href);
const agent = new Agent({ keepAlive: true });

for (;;) {
  const { headers, body } = await ask('GET', 'next');
  const id = headers['lambda-runtime-aws-request-id'];
  try {
    const result = await handler(JSON.parse(body), {
      awsRequestId: id,
      getRemainingTimeInMillis: () => headers['lambda-runtime-deadline-ms'] - Date.now(),
    });
    await ask('POST', `${id}/response`, JSON.stringify(result));
  } catch (error) {
    await ask('POST', `${id}/error`, JSON.stringify({ errorType: error.name, errorMessage: error.message }));
  }
}

function ask(method, path, body) {
  return new Promise((resolve, reject) => {
    const url = `http://${AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation/${path}`;
    const headers = body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    open(url, { method, agent, headers }, (response) =>
      text(response).then((answer) => resolve({ headers: response.headers, body: answer }), reject),
    )
      .on('error', reject)
      .end(body);
  });
}
