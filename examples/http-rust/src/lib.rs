//! A wasi:http server: one component that `wasmtime serve`, Spin and Bantam run alike.
use std::io::{Read, Write};
use wasip2::exports::http::incoming_handler::Guest;
use wasip2::http::outgoing_handler;
use wasip2::http::types::{Fields, IncomingRequest, Method, OutgoingBody, OutgoingRequest, OutgoingResponse, ResponseOutparam, Scheme};

struct Server;
wasip2::http::proxy::export!(Server);

impl Guest for Server {
    fn handle(request: IncomingRequest, out: ResponseOutparam) {
        let target = request.path_with_query().unwrap_or_default();
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let answer = match path.rsplit('/').next().unwrap_or_default() {
            "echo" => echo(&request),
            "request" => describe(&request, query),
            "coffee" => Answer { status: 418, headers: vec![("x-leaves", b"green".to_vec())], body: b"I am a teapot.\n".to_vec() },
            "outbound" => outbound(),
            "panic" => panic!("asked to"),
            _ => text(200, "Hello from Rust!\n"),
        };
        answer.send(out);
    }
}

struct Answer {
    status: u16,
    headers: Vec<(&'static str, Vec<u8>)>,
    body: Vec<u8>,
}

fn text(status: u16, text: &str) -> Answer {
    Answer { status, headers: vec![("content-type", b"text/plain".to_vec())], body: text.into() }
}

impl Answer {
    fn send(self, out: ResponseOutparam) {
        let fields = Fields::new();
        for (name, value) in &self.headers {
            fields.append(name, value).expect("the header is valid");
        }
        let response = OutgoingResponse::new(fields);
        response.set_status_code(self.status).expect("the status is valid");
        let body = response.body().expect("the body is taken once");
        ResponseOutparam::set(out, Ok(response));
        let mut stream = body.write().expect("the stream is taken once");
        stream.write_all(&self.body).and_then(|()| Write::flush(&mut stream)).expect("the body is sent");
        drop(stream);
        OutgoingBody::finish(body, None).expect("the body is complete");
    }
}

/// The body and its type as they came.
fn echo(request: &IncomingRequest) -> Answer {
    let content_type = request.headers().get("content-type").into_iter().next();
    let body = request.consume().expect("the body is taken once");
    let mut bytes = Vec::new();
    body.stream().expect("the stream is taken once").read_to_end(&mut bytes).expect("the body can be read");
    Answer { status: 200, headers: content_type.map(|value| ("content-type", value)).into_iter().collect(), body: bytes }
}

fn describe(request: &IncomingRequest, query: &str) -> Answer {
    let method = match request.method() {
        Method::Other(name) => name,
        known => format!("{known:?}").trim_start_matches("Method::").to_uppercase(),
    };
    let colours = request.headers().get("x-colour");
    let colours: Vec<_> = colours.iter().map(|value| String::from_utf8_lossy(value)).collect();
    text(200, &format!("method={method}\nquery={query}\ncolours={}\n", colours.join("|")))
}

/// What comes of a request to elsewhere: an error code of wasi:http where the function has no grant for it.
fn outbound() -> Answer {
    let request = OutgoingRequest::new(Fields::new());
    request.set_scheme(Some(&Scheme::Http)).expect("a scheme");
    request.set_authority(Some("example.org")).expect("an authority");
    request.set_path_with_query(Some("/")).expect("a path");
    match outgoing_handler::handle(request, None) {
        Err(code) => text(502, &format!("{code:?}\n")),
        Ok(future) => {
            future.subscribe().block();
            match future.get().expect("it is ready").expect("it is taken once") {
                Err(code) => text(502, &format!("{code:?}\n")),
                Ok(response) => text(200, &format!("{}\n", response.status())),
            }
        }
    }
}
