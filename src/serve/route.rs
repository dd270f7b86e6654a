//! Authorises and routes requests.
//!
//! Every page that the user visits can send requests to loopback, and a host name of its own can
//! resolve to it (DNS rebinding). So the path is a secret, and the `Host` header has to name this
//! server.

/// The parts of a request that routing needs.
#[derive(Debug, Clone, Copy)]
pub(super) struct RequestInfo<'a> {
    pub method: &'a str,
    pub path: &'a str,
    /// The `Host` header; `None` if it is missing or repeated.
    pub host: Option<&'a str>,
    /// The `Origin` header; `None` if it is missing or repeated.
    pub origin: Option<&'a str>,
}

/// The secret path and the port of this server.
#[derive(Debug)]
pub(super) struct AccessPath {
    pub secret: String,
    pub port: u16,
}

/// The target of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Route {
    /// The shell page around the game.
    ShellPage,
    Game,
    /// The event stream of new versions.
    Events,
    /// A report of what the user pointed at.
    Pointed,
    /// A report from somebody else than the shell page: the game, which knows the path too, has no
    /// origin.
    BadOrigin,
    /// The `Host` header does not name this server.
    BadHost,
    /// The method is not the one of this address, which is this.
    MethodNotAllowed(&'static str),
    NotFound,
}

impl AccessPath {
    /// The address of the shell page.
    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}/{}/", self.port, self.secret)
    }

    /// Authorises a request and returns its target.
    pub fn route(&self, request: RequestInfo<'_>) -> Route {
        if !request.host.is_some_and(|host| self.is_own_host(host)) {
            return Route::BadHost;
        }
        let below = request.path.strip_prefix('/').and_then(|path| path.split_once('/'));
        let is_known =
            |secret: &str| equal_in_constant_time(secret.as_bytes(), self.secret.as_bytes());
        let place = below.filter(|(secret, _)| is_known(secret)).map(|(_, place)| place);
        match (request.method, place) {
            ("POST", Some("pointed"))
                if request.origin.is_some_and(|it| self.is_own_origin(it)) =>
            {
                Route::Pointed
            }
            ("POST", Some("pointed")) => Route::BadOrigin,
            (_, Some("pointed")) => Route::MethodNotAllowed("POST"),
            ("GET" | "HEAD", Some("")) => Route::ShellPage,
            ("GET" | "HEAD", Some("game")) => Route::Game,
            ("GET" | "HEAD", Some("events")) => Route::Events,
            ("GET" | "HEAD", _) => Route::NotFound,
            _ => Route::MethodNotAllowed("GET, HEAD"),
        }
    }

    fn is_own_origin(&self, origin: &str) -> bool {
        origin.strip_prefix("http://").is_some_and(|host| self.is_own_host(host))
    }

    fn is_own_host(&self, host: &str) -> bool {
        let Some((name, port)) = host.rsplit_once(':') else { return false };
        let is_name = name == "127.0.0.1" || name.eq_ignore_ascii_case("localhost");
        is_name && port == self.port.to_string()
    }
}

/// Compares in constant time for equal lengths, so that a secret cannot be guessed byte by byte.
fn equal_in_constant_time(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(method: &str, path: &str, host: Option<&str>) -> Route {
        let door = AccessPath { secret: "s3cret".to_owned(), port: 4000 };
        door.route(RequestInfo { method, path, host, origin: None })
    }

    #[test]
    fn three_addresses_are_read() {
        let cases = [
            ("/s3cret/", Route::ShellPage),
            ("/s3cret/game", Route::Game),
            ("/s3cret/events", Route::Events),
            ("/", Route::NotFound),
            ("/s3cret", Route::NotFound),
            ("/s3creT/", Route::NotFound),
            ("/s3cre/", Route::NotFound),
            ("/s3crets/", Route::NotFound),
            ("//s3cret/", Route::NotFound),
            ("/s3cret/game/", Route::NotFound),
            ("/s3cret/../s3cret/game", Route::NotFound),
            ("/s3cret%2Fgame", Route::NotFound),
            ("*", Route::NotFound),
        ];
        for (path, expected) in cases {
            assert_eq!(wanted("GET", path, Some("127.0.0.1:4000")), expected, "{path}");
            assert_eq!(wanted("HEAD", path, Some("localhost:4000")), expected, "{path}");
        }
    }

    #[test]
    fn only_our_own_name_gets_an_answer() {
        let ours = ["127.0.0.1:4000", "localhost:4000", "LocalHost:4000"];
        for host in ours {
            assert_eq!(wanted("GET", "/s3cret/", Some(host)), Route::ShellPage, "{host}");
        }
        let others = [
            "evil.example:4000",
            "127.0.0.1",
            "127.0.0.1:4001",
            "127.0.0.1:04000",
            "localhost.evil.example:4000",
            "[::1]:4000",
            "127.0.0.1:4000:4000",
            "0.0.0.0:4000",
            "",
        ];
        for host in others.map(Some).into_iter().chain([None]) {
            assert_eq!(wanted("GET", "/s3cret/", host), Route::BadHost, "{host:?}");
        }
    }

    #[test]
    fn nothing_but_reading_is_let_in() {
        for method in ["POST", "PUT", "DELETE", "OPTIONS", "CONNECT", "get"] {
            let host = Some("localhost:4000");
            for path in ["/s3cret/", "/s3cret/game", "/s3cret/events", "/s3cret/none", "/", "*"] {
                assert_eq!(wanted(method, path, host), Route::MethodNotAllowed("GET, HEAD"));
            }
            assert_eq!(wanted(method, "/s3cret/", Some("evil.example")), Route::BadHost);
        }
    }

    #[test]
    fn what_the_user_points_at_is_taken_from_the_shell_page_alone() {
        let door = AccessPath { secret: "s3cret".to_owned(), port: 4000 };
        let ask = |method, path, origin| {
            door.route(RequestInfo { method, path, host: Some("127.0.0.1:4000"), origin })
        };
        for origin in ["http://127.0.0.1:4000", "http://localhost:4000"] {
            assert_eq!(ask("POST", "/s3cret/pointed", Some(origin)), Route::Pointed, "{origin}");
            let guessed = ask("POST", "/s3crex/pointed", Some(origin));
            assert_eq!(guessed, Route::MethodNotAllowed("GET, HEAD"), "{origin}");
        }
        let others = [
            "null",
            "",
            "http://127.0.0.1",
            "https://127.0.0.1:4000",
            "http://127.0.0.1:4001",
            "http://evil.example:4000",
            "http://evil.example/http://127.0.0.1:4000",
        ];
        for origin in others.map(Some).into_iter().chain([None]) {
            assert_eq!(ask("POST", "/s3cret/pointed", origin), Route::BadOrigin, "{origin:?}");
        }
        for method in ["GET", "HEAD", "PUT", "OPTIONS", "post"] {
            let refused = ask(method, "/s3cret/pointed", Some("http://127.0.0.1:4000"));
            assert_eq!(refused, Route::MethodNotAllowed("POST"), "{method}");
        }
    }
}
