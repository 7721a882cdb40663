// A fresh instance per request. Runs in workerd.
import module from 'fib.wasm';

export default {
  fetch(request) {
    const n = Number(new URL(request.url).searchParams.get('n'));
    const { exports } = new WebAssembly.Instance(module, {});
    return new Response(JSON.stringify(exports.fib(n)), { headers: { 'content-type': 'application/json' } });
  },
};
