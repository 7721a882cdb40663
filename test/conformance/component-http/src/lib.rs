//! A wasi:http handler that answers in every way there is. The path says which. Built by build.sh.
use wasip2::exports::http::incoming_handler::Guest;
use wasip2::http::outgoing_handler;
use wasip2::http::types::*;
use wasip2::io::streams::StreamError;

struct Answers;
wasip2::http::proxy::export!(Answers);

impl Guest for Answers {
    fn handle(request: IncomingRequest, out: ResponseOutparam) {
        let target = request.path_with_query().unwrap_or_default();
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        match path {
            "/request" => answer(out, 200, &[], describe(&request).as_bytes()),
            "/echo" => {
                let body = read(&request);
                answer(out, 200, &[], &body)
            }
            "/headers" => answer(out, 201, HEADERS, b"with headers"),
            "/forbidden" => answer(out, 200, &[], format!("{:?}", forbidden()).as_bytes()),
            "/status" => status(out, query),
            "/size" => answer(out, 200, &[], &vec![b'.'; query.parse().expect("a size")]),
            "/many" => answer(out, 200, &many(query.parse().expect("a count")), b""),
            "/length" => answer(out, 200, &[("content-length", query)], b"four"),
            "/silent" => drop(out),
            "/error" => ResponseOutparam::set(out, Err(ErrorCode::HttpRequestDenied)),
            "/words" => ResponseOutparam::set(out, Err(ErrorCode::InternalError(Some("in words".into())))),
            "/twice" => twice(request, out),
            "/half" => half(out),
            "/trailers" => trailers(out),
            "/outbound" => answer(out, 200, &[], outbound().as_bytes()),
            "/log" => log(out, query),
            "/late" => late(out),
            "/exit" => wasip2::cli::exit::exit(Ok(())),
            "/trap" => core::arch::wasm32::unreachable(),
            _ => answer(out, 404, &[("content-type", "text/plain")], target.as_bytes()),
        }
    }
}

const HEADERS: &[(&str, &str)] = &[
    ("Content-Type", "text/plain"),
    ("set-cookie", "a=1; Path=/"),
    ("Set-Cookie", "b=2"),
    ("x-bantam-version", "99"),
    ("x-bantam-made-up", "1"),
    ("X-Request-Id", "theirs"),
    ("te", "trailers"),
    ("trailer", "x"),
    ("server", "a guest"),
    ("x-empty", ""),
    ("x-latin", "caf\u{e9}"),
];

fn fields(headers: &[(&str, &str)]) -> Fields {
    let fields = Fields::new();
    for (name, value) in headers {
        // Header values are bytes: each character here is one.
        let bytes: Vec<u8> = value.chars().map(|letter| letter as u8).collect();
        fields.append(name, &bytes).expect("a header");
    }
    fields
}

fn answer(out: ResponseOutparam, status: u16, headers: &[(&str, &str)], body: &[u8]) {
    let response = OutgoingResponse::new(fields(headers));
    response.set_status_code(status).expect("a status");
    let content = response.body().expect("a body");
    ResponseOutparam::set(out, Ok(response));
    let stream = content.write().expect("a stream");
    for part in body.chunks(4096) {
        stream.blocking_write_and_flush(part).expect("written");
    }
    drop(stream);
    let _ = OutgoingBody::finish(content, None);
}

fn describe(request: &IncomingRequest) -> String {
    let mut text = format!("{:?} {:?} {:?}\n", request.method(), request.scheme(), request.path_with_query());
    let mut entries = request.headers().entries();
    entries.sort();
    for (name, value) in entries {
        text += &format!("{name}: {}\n", String::from_utf8_lossy(&value));
    }
    text
}

fn read(request: &IncomingRequest) -> Vec<u8> {
    let body = request.consume().expect("the body");
    let stream = body.stream().expect("a stream");
    let mut bytes = Vec::new();
    loop {
        match stream.blocking_read(1000) {
            Ok(part) => bytes.extend(part),
            Err(StreamError::Closed) => return bytes,
            Err(error) => panic!("{error:?}"),
        }
    }
}

/// What comes of headers that only hosts set, and of ones that are none.
fn forbidden() -> Vec<bool> {
    let names: [(&str, &[u8]); 6] = [("connection", b"close"), ("transfer-encoding", b"chunked"), ("host", b"x"), ("a b", b""), ("x", b"\r\ny: z"), ("x", b"ok")];
    let fields = Fields::new();
    names.map(|(name, value)| fields.append(name, value).is_ok()).to_vec()
}

fn many(count: usize) -> Vec<(&'static str, &'static str)> {
    vec![("x-many", "0123456789"); count]
}

fn status(out: ResponseOutparam, query: &str) {
    let response = OutgoingResponse::new(Fields::new());
    if response.set_status_code(query.parse().expect("a number")).is_err() {
        return answer(out, 200, &[], b"no status");
    }
    ResponseOutparam::set(out, Ok(response));
}

fn twice(request: IncomingRequest, out: ResponseOutparam) {
    // A second handle of the same number, as a guest in an unsafe language may make one.
    let again = unsafe { ResponseOutparam::from_handle(out.handle()) };
    answer(out, 200, &[], b"first");
    drop(request);
    ResponseOutparam::set(again, Err(ErrorCode::ConfigurationError));
}

fn half(out: ResponseOutparam) {
    let response = OutgoingResponse::new(Fields::new());
    let body = response.body().expect("a body");
    ResponseOutparam::set(out, Ok(response));
    let stream = body.write().expect("a stream");
    stream.blocking_write_and_flush(b"half").expect("written");
    drop(stream);
    drop(body);
}

fn trailers(out: ResponseOutparam) {
    let response = OutgoingResponse::new(Fields::new());
    let body = response.body().expect("a body");
    ResponseOutparam::set(out, Ok(response));
    let _ = OutgoingBody::finish(body, Some(fields(&[("x-sum", "1")])));
}

fn outbound() -> String {
    let request = OutgoingRequest::new(Fields::new());
    request.set_authority(Some("example.org")).expect("an authority");
    match outgoing_handler::handle(request, None) {
        Err(code) => format!("{code:?}"),
        Ok(_) => "sent".into(),
    }
}

fn log(out: ResponseOutparam, query: &str) {
    let stderr = wasip2::cli::stderr::get_stderr();
    let mut left: usize = query.parse().expect("a size");
    while left > 0 {
        let part = left.min(4096);
        if stderr.blocking_write_and_flush(&vec![b'!'; part]).is_err() {
            return answer(out, 200, &[], b"caught");
        }
        left -= part;
    }
    answer(out, 200, &[], b"logged");
}

/// Answers first and never returns.
fn late(out: ResponseOutparam) {
    answer(out, 200, &[], b"early");
    loop {
        wasip2::clocks::monotonic_clock::subscribe_duration(u64::MAX).block();
    }
}
