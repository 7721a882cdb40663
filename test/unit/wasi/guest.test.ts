/** The WASI 0.2 host through the linker, as a Rust guest sees it by ordinary bindings (test/fixtures/wasi-host/src/lib.rs says what it calls). */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { flattenComponent } from '../../../component/flatten.ts';
import { linkComponent } from '../../../executor/component/linker.ts';
import { beginExchange, type HttpAnswer, readAnswer } from '../../../executor/host/wasi/http-exchange.ts';
import { wasiHost } from '../../../executor/host/wasi/table.ts';
import type { World } from '../../../executor/host/world.ts';
import { wasiInterfaces } from '../../../wasi/interfaces.ts';
import { guestRequest } from '../../support/guest-request.ts';
import { misuseOf, newWorld, stopOf } from '../../support/wasi.ts';

const bytes = readFileSync(join(import.meta.dirname, '../../fixtures/wasi-host/probe.wasm'));
const probe = linkComponent<World>(flattenComponent(bytes), bytes, wasiHost, wasiInterfaces);

/** A fresh world, with something in all that a guest can ask for. */
function probedWorld(): World {
  const world = newWorld({ args: ['fn', 'a b'], env: [['LANG', 'C']] });
  world.stdin = Buffer.from('question');
  return world;
}

function answerOf(path: string, world: World): HttpAnswer {
  const exchange = beginExchange(
    world,
    guestRequest({
      method: 'PATCH',
      scheme: 'https',
      authority: 'localhost:8080',
      pathInfo: path,
      headers: ['host', 'localhost', 'x-a', '1', 'x-a', '\xff'],
      body: Buffer.from('hello body'),
    }),
  );
  probe.instantiate(world).call('wasi:http/incoming-handler@0.2.12#handle', exchange);
  return readAnswer(exchange);
}

const linesOf = (path: string): string[] => Buffer.from(answerOf(path, probedWorld()).body).toString().trimEnd().split('\n');

const transcripts: readonly (readonly [what: string, path: string, lines: readonly string[]])[] = [
  [
    'a request, its header fields and its body',
    '/request',
    [
      'method: Method::Patch',
      'scheme: Some(Scheme::Https)',
      'authority: Some("localhost:8080")',
      'headers: [("x-a", [49]), ("x-a", [255])]',
      'immutable: Err(HeaderError::Immutable)',
      'consume: Some(())',
      'stream: Some(())',
      'skip: Ok(2)',
      'read: Ok([108, 108, 111])',
      'blocking-read: Ok([32, 98, 111, 100, 121])',
      'end: Err(StreamError::Closed)',
      'trailers: Some(Ok(Ok(false)))',
      'trailers: Some(Some(()))',
    ],
  ],
  [
    'header fields',
    '/fields',
    [
      'append: Ok(())',
      'append: Ok(())',
      'get: [[49], [255]]',
      'has: (true, false)',
      'set: Ok(())',
      'invalid: Err(HeaderError::InvalidSyntax)',
      'forbidden: Err(HeaderError::Forbidden)',
      'delete: Ok(())',
      'entries: [("b", [50]), ("b", [])]',
      'clone: [("b", [50]), ("b", [])]',
      'from-list: Some(HeaderError::InvalidSyntax)',
    ],
  ],
  [
    'requests, options, responses and bodies that a guest builds',
    '/outgoing',
    [
      'new: (Method::Get, None, None, None)',
      'set: Ok(())',
      'set: Ok(())',
      'set: Ok(())',
      'set: Ok(())',
      'bad: Err(())',
      'got: (Method::Other("QUERY"), Some(Scheme::Other("coap")), Some("example.org:80"), Some("/a?b"))',
      'headers: Err(HeaderError::Immutable)',
      'body: Ok(true)',
      'options: Ok(())',
      'options: Ok(())',
      'options: Ok(())',
      'options: (Some(1099511627776), None, Some(3))',
      'handle: Err(ErrorCode::HttpRequestDenied)',
      'status: (200, Err(()), Ok(()), 404)',
      'write: Ok(())',
      'too long: (Some(ErrorCode::HttpResponseBodySize(Some(3))), "the body is longer than its content-length of 2 bytes")',
      'closed: Err(StreamError::Closed)',
      'finish: Err(ErrorCode::HttpResponseBodySize(Some(3)))',
    ],
  ],
  [
    'the standard streams, pollables and timers',
    '/streams',
    [
      'check-write: Ok(1048576)',
      'write: Ok(())',
      'write-zeroes: Ok(())',
      'blocking-write-zeroes: Ok(())',
      'flush: (Ok(()), Ok(()))',
      'splice: Ok(4)',
      'blocking-splice: Ok(4)',
      'splice: Err(StreamError::Closed)',
      'blocking-skip: Err(StreamError::Closed)',
      'stderr: Ok(())',
      'poll: [0, 2]',
      'ready: [true, false, true]',
      'timer: (true, true)',
    ],
  ],
  [
    'environment, terminals, clocks, random numbers and sockets',
    '/others',
    [
      'arguments: ["fn", "a b"]',
      'environment: [("LANG", "C")]',
      'cwd: Some("/")',
      'terminal-stdin: false',
      'terminal-stdout: false',
      'terminal-stderr: false',
      'resolution: (1000000, 1000000)',
      'now: (true, true)',
      'random: (3, 0)',
      'numbers: true',
      'seed: true',
    ],
  ],
];

describe('a guest with ordinary bindings', () => {
  for (const [what, path, lines] of transcripts) {
    test(`finds ${what} as documented`, () => {
      assert.deepEqual(linesOf(path).slice(0, lines.length), lines);
    });
  }

  test('gets no socket and no name looked up', () => {
    const sockets = linesOf('/others').filter((line) => /^(tcp|udp|lookup)/.test(line));
    assert.equal(sockets.length, 3);
    for (const line of sockets) assert.match(line, /name: "access-denied"/);
  });

  test('writes to standard output and to the log', () => {
    const world = probedWorld();
    answerOf('/streams', world);
    assert.equal(Buffer.from(world.stdout.take()).toString(), 'out\0\0\0question');
    assert.equal(Buffer.from(world.stderr.take()).toString(), 'log');
  });

  test('may leave its stream and body behind', () => {
    assert.equal(Buffer.from(answerOf('/leave', probedWorld()).body).toString(), 'left');
  });

  const invalid: readonly (readonly [path: string, detail: RegExp])[] = [
    ['/silent', /did not call response-outparam.set/],
    ['/error', /the error DNS-error\(\{"rcode":"X"\}\)/],
    ['/trailers', /trailers are not supported/],
    ['/drop-body', /dropped without finish/],
  ];
  for (const [path, detail] of invalid) {
    test(`has no answer by ${path}, and is told why`, () => {
      assert.throws(() => answerOf(path, probedWorld()), { code: 'GUEST_ANSWER_INVALID', message: detail });
    });
  }

  const traps: readonly (readonly [path: string, detail: RegExp])[] = [
    ['/early-finish', /before its output-stream/],
    ['/empty-poll', /empty list/],
    ['/long-write', /more than 4096 bytes/],
  ];
  for (const [path, detail] of traps) {
    test(`is stopped by a trap at ${path}`, () => {
      const world = probedWorld();
      assert.match(
        misuseOf(world, () => answerOf(path, world)),
        detail,
      );
    });
  }

  test('exits', () => {
    const world = probedWorld();
    assert.deepEqual(
      stopOf(world, () => answerOf('/exit', world)),
      { kind: 'exit', status: 1 },
    );
  });

  test('is called again and again in one instance', () => {
    const world = probedWorld();
    const instance = probe.instantiate(world);
    const bodies = Array.from({ length: 3 }, (_, i) => {
      const exchange = beginExchange(world, guestRequest({ pathInfo: '/request', body: Buffer.from(`body ${i}`) }));
      instance.call('wasi:http/incoming-handler@0.2.12#handle', exchange);
      return Buffer.from(readAnswer(exchange).body).toString();
    });
    for (const [i, body] of bodies.entries()) assert.match(body, new RegExp(`blocking-read: Ok\\(\\[${48 + i}\\]\\)`));
  });
});
