# One worker per way of instantiating; the guest comes from --import-path, the address from --socket-addr.
using Workerd = import "/workerd/workerd.capnp";

const fresh :Workerd.Config = (
  services = [(name = "main", worker = (
    modules = [
      (name = "fresh.js", esModule = embed "fresh.js"),
      (name = "fib.wasm", wasm = embed "/fib.wasm"),
    ],
    compatibilityDate = "2026-10-01",
  ))],
  sockets = [(name = "http", http = (), service = "main")],
);

const reused :Workerd.Config = (
  services = [(name = "main", worker = (
    modules = [
      (name = "reused.js", esModule = embed "reused.js"),
      (name = "fib.wasm", wasm = embed "/fib.wasm"),
    ],
    compatibilityDate = "2026-10-01",
  ))],
  sockets = [(name = "http", http = (), service = "main")],
);
