//! Is an answer read as it is, and not as it is called? Odd servers, through the real client.

use std::io::Write as _;
use std::process::Stdio;
use std::sync::Mutex;
use std::time::Duration;

use codeagent::inference::client::StreamProgress;
use codeagent::inference::{
    Endpoint, ErrorCause, FinishReason, InferenceClient, InferenceError, Outcome, PermanentCause,
    Protocol, Timeouts, TransientCause,
};

use crate::cli::{Run, User};
use crate::fake::answer::Event;
use crate::fake::{Answer, Hub, body};
use crate::hub::{TIMEOUTS, ask, ask_with, request, told};

fn failed(answer: Answer) -> InferenceError {
    match ask(&Hub::start(vec![answer])).1 {
        Outcome::Failed(trouble) => trouble,
        other => panic!("{other:?}"),
    }
}

/// The text of a reply that ended well.
fn replied(answer: Answer) -> String {
    let (text, outcome) = ask(&Hub::start(vec![answer]));
    let Outcome::Replied(reply) = outcome else { panic!("{outcome:?}") };
    assert_eq!(reply.finish, FinishReason::Complete);
    reply.text.unwrap_or(text)
}

fn data(json: &str) -> Event {
    Event::Data(json.to_owned())
}

const STREAM: &str = "data: {\"choices\":[{\"delta\":{\"content\":\"owl\"}}]}\n\n\
    data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
const WHOLE: &str = "{\"choices\":[{\"message\":{\"role\":\"assistant\",\"content\":\"owl\"},\
    \"finish_reason\":\"stop\"}]}";

#[test]
fn the_body_tells_what_it_is_whatever_it_is_called() {
    let spread = WHOLE.replace('{', "{\n  ").replace(',', ",\n  ");
    let tight = STREAM.replace("\n\n", "\n");
    let bodies = [STREAM, WHOLE, spread.as_str(), tight.as_str()];
    let kinds = ["text/event-stream", "text/plain", "application/json", "application/octet-stream"];
    for body in bodies {
        for kind in kinds {
            let answer = Answer::status(200).header("content-type", kind).body(body);
            assert_eq!(replied(answer.clone()), "owl", "{kind}: {body}");
            assert_eq!(replied(answer.split_every(3)), "owl", "{kind} in pieces: {body}");
        }
        assert_eq!(replied(Answer::status(200).body(body)), "owl", "no type: {body}");
    }
}

#[test]
fn an_error_in_a_stream_is_told_in_its_own_words() {
    let said = |body: &str| {
        let trouble =
            failed(Answer::status(200).header("content-type", "text/event-stream").body(body));
        assert_eq!(trouble.status, None, "the answer itself was a success: {trouble:?}");
        (trouble.cause, trouble.message.raw().to_owned())
    };
    let rejected = ErrorCause::Permanent(PermanentCause::Rejected);
    let busy = ErrorCause::Transient(TransientCause::Busy);
    let cases = [
        ("error: {\"code\":400,\"message\":\"no such grammar\"}\n\ndata: [DONE]\n\n", rejected),
        ("error: {\"error\":{\"code\":500,\"message\":\"no such grammar\"}}\n", busy),
        ("{\"object\":\"error\",\"message\":\"no such grammar\",\"code\":400}", rejected),
        (
            "{\"error\":{\"message\":\"no such grammar\",\"code\":\"429\"}}\n",
            ErrorCause::Transient(TransientCause::Limited),
        ),
        ("data: {\"message\":\"no such grammar\",\"status\":422}\n\ndata: [DONE]\n\n", rejected),
        ("data: {\"error\":\"no such grammar\",\"error_type\":\"validation\"}\n\n", rejected),
        ("{\n  \"detail\": \"no such grammar\",\n  \"status\": 400\n}\n", rejected),
        (": hold on\n\nevent: error\ndata: no such grammar\n\n", busy),
    ];
    for (body, cause) in cases {
        assert_eq!(said(body), (cause, "no such grammar".to_owned()), "{body}");
    }
    let validation = r#"{"error":"`inputs` must not be empty","error_type":"validation"}"#;
    let trouble = failed(Answer::events(vec![data(validation)]));
    assert!(!told(&Outcome::Failed(trouble)).contains("HTTP"), "no status was sent with it");
}

#[test]
fn an_empty_answer_says_why_it_is_empty() {
    let ended = |reason: &str| {
        let end = format!(r#"{{"choices":[{{"delta":{{}},"finish_reason":"{reason}"}}]}}"#);
        ask(&Hub::start(vec![Answer::events(vec![data(&end), data("[DONE]")])])).1
    };
    let Outcome::Failed(trouble) = ended("insufficient_system_resource") else { panic!() };
    assert_eq!(trouble.cause, ErrorCause::Transient(TransientCause::Busy));
    assert!(trouble.message.raw().contains("insufficient_system_resource"));
    let Outcome::Failed(trouble) = ended("tool_calls") else { panic!() };
    assert_eq!(trouble.cause, ErrorCause::Permanent(PermanentCause::Empty));
    assert!(trouble.message.raw().contains("tool_calls"));
    for (reason, finish) in [
        ("length", FinishReason::Length),
        ("MAX_TOKENS", FinishReason::Length),
        ("content_filter", FinishReason::Filtered),
        ("sensitive", FinishReason::Filtered),
        ("stop", FinishReason::Complete),
    ] {
        let Outcome::Replied(reply) = ended(reason) else { panic!("{reason}") };
        assert_eq!(reply.finish, finish, "{reason}");
    }
    // With text before it the same reason breaks the answer off.
    let end = r#"{"choices":[{"delta":{},"finish_reason":"network_error"}]}"#;
    let piece = r#"{"choices":[{"delta":{"content":"<canvas>"}}]}"#;
    let (_, outcome) = ask(&Hub::start(vec![Answer::events(vec![data(piece), data(end)])]));
    assert!(matches!(outcome, Outcome::Interrupted(_)), "{outcome:?}");
}

#[test]
fn text_is_found_wherever_a_server_puts_it() {
    let end = r#"{"choices":[{"delta":{},"finish_reason":"stop"}]}"#;
    let pieces = [
        [
            r#"{"choices":[{"delta":{"content":[{"type":"text","text":"ow"}]}}]}"#,
            r#"{"choices":[{"delta":{"content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"}]},"l"]}}]}"#,
        ],
        [
            r#"{"choices":[{"delta":null,"message":{"role":"assistant","content":"ow"}}]}"#,
            r#"{"choices":[{"delta":null,"message":{"role":"assistant","content":"owl"}}]}"#,
        ],
        [r#"{"choices":[{"text":"ow"}]}"#, r#"{"choices":[{"text":"l","delta":null}]}"#],
        [
            r#"{"choices":[{"delta":{"content":"ow"}}]}"#,
            r#"{"choices":[{"delta":{"content":"l"},"text":"l"}]}"#,
        ],
        [
            r#"{"choices":[{"delta":{"content":"owl"}}]}"#,
            r#"{"choices":[{"message":{"content":"owl"},"finish_reason":"stop"}]}"#,
        ],
    ];
    for pieces in pieces {
        let events = pieces.iter().chain([&end]).map(|json| data(json));
        assert_eq!(replied(Answer::events(events.collect())), "owl", "{pieces:?}");
    }
}

#[test]
fn one_bad_byte_costs_one_character() {
    let body = STREAM.replace("owl", "o?l").into_bytes();
    let body: Vec<u8> = body.into_iter().map(|b| if b == b'?' { 0xfe } else { b }).collect();
    for size in [1, 5, 4_096] {
        let answer = Answer::status(200).header("content-type", "text/event-stream");
        assert_eq!(replied(answer.body(body.clone()).split_every(size)), "o\u{fffd}l");
    }
}

/// `STREAM` as `gzip -9` and `zstd -19` write it.
const GZIP: &[u8] = include_bytes!("../fixtures/stream.gz");
const ZSTD: &[u8] = include_bytes!("../fixtures/stream.zst");

#[test]
fn what_comes_compressed_is_read_or_told() {
    let hub = Hub::start(vec![Answer::status(200).body(STREAM)]);
    ask(&hub);
    assert_eq!(hub.posts()[0].header("accept-encoding"), Some("identity"), "it is not asked for");
    let encoded = |name: &str, body: &[u8]| {
        let answer = Answer::status(200).header("content-type", "text/event-stream");
        answer.header("content-encoding", name).body(body)
    };
    for size in [1, 7, 4_096] {
        assert_eq!(replied(encoded("gzip", GZIP).split_every(size)), "owl");
        assert_eq!(replied(encoded("zstd", ZSTD).split_every(size)), "owl");
    }
    let trouble = failed(encoded("br", b"\x1b\x00"));
    assert_eq!(trouble.cause, ErrorCause::Permanent(PermanentCause::NotAnAnswer));
    assert!(trouble.message.raw().contains("compressed (br)"), "{trouble:?}");
    for body in [GZIP, ZSTD] {
        let trouble = failed(Answer::status(200).body(body));
        assert!(trouble.message.raw().contains("compressed without saying so"), "{trouble:?}");
    }
}

fn comments(count: usize) -> Vec<Event> {
    (0..count).map(|n| Event::Comment(format!("still here {n}"))).collect()
}

#[test]
fn any_byte_is_a_sign_of_life() {
    // Far more time than between two signs, and less than all of them take.
    let short = Duration::from_millis(1_500);
    let timeouts = Timeouts { first_byte: short, idle: short, ..TIMEOUTS };
    let lives = |events: Vec<Event>| {
        let hub = Hub::start(vec![Answer::events(events).pace(Duration::from_millis(150))]);
        ask_with(&hub, Protocol::Chat, timeouts)
    };
    let end = || [data(r#"{"choices":[{"delta":{"content":"owl"},"finish_reason":"stop"}]}"#)];
    let (text, outcome) = lives(comments(12).into_iter().chain(end()).collect());
    assert_eq!(text, "owl", "{outcome:?}");
    let begin = data(r#"{"choices":[{"delta":{"content":"an "}}]}"#);
    let (text, _) = lives([begin].into_iter().chain(comments(12)).chain(end()).collect());
    assert_eq!(text, "an owl");
    let bare = Answer::status(200).body(WHOLE).split_every(4).pace(Duration::from_millis(100));
    let (text, _) = ask_with(&Hub::start(vec![bare]), Protocol::Chat, timeouts);
    assert_eq!(text, "owl", "half an event is a sign, too");
}

#[test]
fn a_server_that_only_pings_is_alive() {
    let hub = Hub::start(vec![Answer::events(comments(2)).pace(Duration::from_millis(20))]);
    let client = InferenceClient::new(
        Endpoint::new(&hub.url(), Protocol::Chat).unwrap(),
        TIMEOUTS,
        None,
        None,
    );
    let heard = Mutex::new(Vec::new());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let tell = |progress| heard.lock().unwrap().push(progress);
    runtime.block_on(client.unwrap().ask(request(), tell));
    let heard = heard.into_inner().unwrap();
    assert!(matches!(heard[0], StreamProgress::Answering(_)));
    assert!(
        heard.len() > 1 && heard[1..].iter().all(|it| *it == StreamProgress::KeepAlive),
        "{heard:?}"
    );
}

#[test]
fn a_page_is_a_firewall_and_no_verdict_on_token_or_model() {
    let page = "<!doctype html><html><head><title>Request\n blocked</title></head></html>";
    for status in [403, 404, 407, 308, 400, 405] {
        let answer = Answer::status(status).header("content-type", "text/html; charset=utf-8");
        let trouble = failed(answer.header("server", "moatgate").body(page));
        assert_eq!(trouble.cause, ErrorCause::Permanent(PermanentCause::Blocked), "{status}");
        let words = told(&Outcome::Failed(trouble));
        assert!(words.contains("firewall or proxy answered"), "{words}");
        assert!(words.contains("“Request blocked” from moatgate"), "{words}");
        assert!(!words.contains("token") && !words.contains("--model"), "{words}");
    }
    let edge = Answer::status(403).header("cf-ray", "8a1-AMS").header("content-type", "text/plain");
    assert_eq!(
        failed(edge.body("error code: 1020")).cause,
        ErrorCause::Permanent(PermanentCause::Blocked)
    );
    let json =
        Answer::status(403).header("cf-ray", "8a1-AMS").json(r#"{"error":"not with this token"}"#);
    assert_eq!(
        failed(json).cause,
        ErrorCause::Permanent(PermanentCause::NoPermission),
        "the server itself spoke"
    );
    let busy = Answer::status(503).header("content-type", "text/html").body(page);
    assert_eq!(failed(busy).cause, ErrorCause::Transient(TransientCause::Busy));
    let login = Answer::status(401).header("www-authenticate", "Basic realm=\"net\"");
    assert_eq!(failed(login.body(page)).cause, ErrorCause::Permanent(PermanentCause::Blocked));
    let moved = Answer::status(307).header("location", "https://ann:pw@new.example/v1?key=1");
    let trouble = failed(moved);
    assert_eq!(trouble.cause, ErrorCause::Permanent(PermanentCause::Redirected));
    assert_eq!(trouble.message.raw(), "it redirects to https://new.example/v1");
    let portal = Answer::status(200).header("content-type", "text/html").body(page);
    assert!(failed(portal).message.raw().contains("“Request blocked”"));
}

/// The program against a server that is nowhere, with these variables.
fn by_way_of(base: &str, env: &[(&str, &str)]) -> Run {
    let user = User::new();
    let mut command = user.command(&["new", "owls", "--attempts", "1"]);
    command.env("CODEAGENT_BASE_URL", base).envs(env.iter().copied());
    Run::of(command.stdin(Stdio::null()).output().unwrap())
}

#[test]
fn a_proxy_that_cannot_be_understood_is_never_passed_by() {
    for bad in
        ["http://ann:sesame@gate.example:31x8", "gopher://ann:sesame@gate.example:70", "http://"]
    {
        let run = by_way_of("http://models.invalid/v1", &[("http_proxy", bad)]);
        assert_eq!(run.code, 10, "{}", run.err);
        assert!(run.err.contains("http_proxy") && run.err.contains("socks5://"), "{}", run.err);
        assert!(!run.err.contains("sesame"), "{}", run.err);
    }
    let run = by_way_of("https://models.invalid/v1", &[("HTTPS_PROXY", "http://127.0.0.1:9")]);
    assert!(run.err.contains("through the proxy http://127.0.0.1:9 (HTTPS_PROXY)"), "{}", run.err);
    let run =
        by_way_of("http://models.invalid/v1", &[("ALL_PROXY", "http://x:y"), ("NO_PROXY", "*")]);
    assert!(!run.err.contains("proxy"), "whom NO_PROXY names is reached directly: {}", run.err);
}

#[test]
fn a_proxy_is_used_and_its_password_is_its_own() {
    let hub = Hub::start(vec![Answer::chat_stream(&format!("```html\n{}\n```", body::GAME))]);
    let proxy = hub.root().replace("http://", "http://ann:sesame@");
    let run = by_way_of("http://models.invalid/v1", &[("HTTP_PROXY", &proxy)]);
    assert_eq!(run.code, 0, "{}", run.err);
    let sent = &hub.posts()[0];
    assert_eq!(sent.header("proxy-authorization"), Some("Basic YW5uOnNlc2FtZQ=="));
    assert_eq!(sent.header("authorization"), None, "no token goes over plain http");
}

#[test]
fn what_a_proxy_refuses_is_told_as_the_proxy_s() {
    let refused = |status: u16| {
        let hub = Hub::start(vec![Answer::status(status).body("no")]);
        let proxy = hub.root().replace("http://", "http://ann:sesame@");
        let run = by_way_of("https://models.invalid/v1", &[("HTTPS_PROXY", &proxy)]);
        assert_eq!(hub.requests()[0].method, "CONNECT");
        assert_eq!(hub.requests()[0].header("authorization"), None);
        assert!(run.err.contains("through the proxy http://127.0.0.1:"), "{}", run.err);
        assert!(!run.err.contains("sesame"), "{}", run.err);
        run
    };
    let run = refused(407);
    assert_eq!(run.code, 10, "{}", run.err);
    assert!(run.err.contains("a user name and a password are required"), "{}", run.err);
    assert!(refused(403).err.contains("the connection was refused"));
}

/// Takes one connection, greets as SOCKS 5 does (RFC 1928), and passes on what was asked for.
fn socks(to: std::net::SocketAddr) -> (u16, std::thread::JoinHandle<String>) {
    use std::io::Read as _;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let serve = std::thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        let mut greeting = [0; 2];
        client.read_exact(&mut greeting).unwrap();
        client.read_exact(&mut vec![0; usize::from(greeting[1])]).unwrap();
        client.write_all(&[5, 0]).unwrap();
        let mut head = [0; 5];
        client.read_exact(&mut head).unwrap();
        let mut rest = vec![0; usize::from(head[4]) + 2];
        client.read_exact(&mut rest).unwrap();
        client.write_all(&[5, 0, 0, 1, 127, 0, 0, 1, 0, 0]).unwrap();
        let mut server = std::net::TcpStream::connect(to).unwrap();
        let (mut from, mut back) = (client.try_clone().unwrap(), server.try_clone().unwrap());
        std::thread::spawn(move || {
            drop(std::io::copy(&mut from, &mut back));
            back.shutdown(std::net::Shutdown::Both)
        });
        drop(std::io::copy(&mut server, &mut client));
        String::from_utf8_lossy(&rest[..rest.len() - 2]).into_owned()
    });
    (port, serve)
}

#[test]
fn a_socks_proxy_finds_the_server_by_its_name() {
    let hub = Hub::start(vec![Answer::chat_stream(&format!("```html\n{}\n```", body::GAME))]);
    let address = hub.root().trim_start_matches("http://").parse().unwrap();
    let (port, serve) = socks(address);
    let proxy = format!("socks5h://127.0.0.1:{port}");
    let run = by_way_of("http://models.invalid/v1", &[("all_proxy", &proxy)]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert_eq!(serve.join().unwrap(), "models.invalid");
}

#[test]
fn without_certificates_plain_http_works_and_https_says_what_to_do() {
    let none = [("SSL_CERT_FILE", "/dev/null"), ("SSL_CERT_DIR", "/nonexistent")];
    let hub = Hub::start(vec![Answer::chat_stream(&format!("```html\n{}\n```", body::GAME))]);
    let run = by_way_of(&hub.url(), &none);
    assert_eq!(run.code, 0, "{}", run.err);
    let run = by_way_of("https://models.invalid/v1", &none);
    assert!(
        run.err.contains("SSL_CERT_FILE") && run.err.contains("ca-certificates"),
        "{}",
        run.err
    );
}

/// How a command tells of a stream that comes like this.
fn told_on_the_way(answer: Answer, arguments: &[&str]) -> Run {
    let hub = Hub::start(vec![answer]);
    let all = [&["new", "owls", "--attempts", "1"], arguments].concat();
    User::new().ask(&hub, &all)
}

#[test]
fn a_command_says_that_a_server_only_pings() {
    let end = format!("```html\n{}\n```", body::GAME);
    let chunk = serde_json::json!({ "choices": [{ "delta": { "content": end }, "finish_reason": "stop" }] });
    let events = comments(4).into_iter().chain([data(&chunk.to_string())]).collect();
    let run = told_on_the_way(Answer::events(events).pace(Duration::from_millis(400)), &[]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert_eq!(run.err.matches("connected, no output yet").count(), 1, "{}", run.err);
    let run = told_on_the_way(Answer::events(vec![data(&chunk.to_string())]), &[]);
    assert!(!run.err.contains("connected"), "{}", run.err);
}

#[test]
fn a_command_says_that_a_stream_went_silent() {
    let stream = Answer::chat_stream(body::GAME);
    let run = told_on_the_way(stream.stall_after(2_000), &["--timeout-idle", "3"]);
    assert_eq!(run.code, 6, "{}", run.err);
    assert!(run.err.contains("silent for 2 s, times out at 3 s"), "{}", run.err);
    assert!(run.err.contains("the reply was cut off: nothing received for 3 s"), "{}", run.err);
}

#[test]
fn the_same_cause_is_said_once() {
    let busy = Answer::status(503).header("retry-after", "0").json(r#"{"error":"all owls sleep"}"#);
    let hub = Hub::start(vec![busy]);
    let run = User::new().ask(&hub, &["new", "owls", "--attempts", "3"]);
    assert_eq!(
        run.err.matches("all owls sleep").count(),
        2,
        "when it began, and at the end: {}",
        run.err
    );
    let refused = Answer::status(401).json(r#"{"error":"not with this one"}"#);
    let run = User::new().ask(&Hub::start(vec![refused]), &["new", "owls"]);
    assert_eq!(run.err.matches("the token was refused").count(), 1, "{}", run.err);
}
