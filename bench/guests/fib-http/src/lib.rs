//! `GET /?n=42` answers with fib(42): examples/fib-c as a wasi:http server, for runtimes that serve nothing else.
use std::io::Write;
use wasip2::exports::http::incoming_handler::Guest;
use wasip2::http::types::{Fields, IncomingRequest, OutgoingBody, OutgoingResponse, ResponseOutparam};

struct Server;
wasip2::http::proxy::export!(Server);

impl Guest for Server {
    fn handle(request: IncomingRequest, out: ResponseOutparam) {
        let target = request.path_with_query().unwrap_or_default();
        let n = target.split_once("?n=").and_then(|(_, n)| n.parse().ok());
        let (status, text) = n.map_or((400, "n is missing".to_owned()), |n| (200, fib(n).to_string()));
        let response = OutgoingResponse::new(Fields::new());
        response.set_status_code(status).expect("the status is valid");
        let body = response.body().expect("the body is taken once");
        ResponseOutparam::set(out, Ok(response));
        let mut stream = body.write().expect("the stream is taken once");
        stream.write_all(text.as_bytes()).and_then(|()| Write::flush(&mut stream)).expect("the body is sent");
        drop(stream);
        OutgoingBody::finish(body, None).expect("the body is complete");
    }
}

fn fib(n: i32) -> i32 {
    if n < 2 { n } else { fib(n - 1) + fib(n - 2) }
}
