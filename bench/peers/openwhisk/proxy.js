// The HTTP half of OpenWhisk's contract between its invoker and an action's container: POST /init once, then POST /run one at a time.
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';

// The text is OpenWhisk's: its invoker reads the logs of an activation up to it.
const endOfLog = 'XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX';

/**
 * @param init takes what is to be run: {name, main, code, binary, env}
 * @param run takes the activation: {value, ...}, and gives the result, an object
 */
export function listen(port, init, run) {
  const answer = async (request) => {
    if (request.method === 'POST' && request.url === '/init') {
      await init((await json(request)).value);
      return { OK: true };
    }
    if (request.method === 'POST' && request.url === '/run') {
      const result = await run(await json(request));
      console.log(endOfLog);
      console.error(endOfLog);
      return result;
    }
    throw new Error(`${request.method} ${request.url} is not of the contract`);
  };
  const send = (response, status, body) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  createServer((request, response) => {
    answer(request).then(
      (body) => send(response, 200, body),
      (error) => send(response, 502, { error: error.message }),
    );
  }).listen(port, '127.0.0.1');
}
