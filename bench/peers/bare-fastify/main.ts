/** Server of the path `bare-fastify`. Argument: port. */
import fastify from 'fastify';

const [port] = process.argv.slice(2);

function fib(n: number): number {
  return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

const schema = {
  querystring: { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] },
  response: { 200: { type: 'integer' } },
} as const;

const app = fastify();
app.get<{ Querystring: { n: number } }>('/fn/fib', { schema }, (request, reply) => {
  reply.send(fib(request.query.n));
});
await app.listen({ host: '127.0.0.1', port: Number(port) });
