// One instance for all requests: they share its memory. Runs in workerd.
import module from 'fib.wasm';

const { exports } = new WebAssembly.Instance(module, {});

export default {
  fetch(request) {
    const n = Number(new URL(request.url).searchParams.get('n'));
    return new Response(JSON.stringify(exports.fib(n)), { headers: { 'content-type': 'application/json' } });
  },
};
