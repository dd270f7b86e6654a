//! Selects the proxy for a server from environment variables.
//!
//! The variables are those of curl and most other tools: `HTTPS_PROXY` or `HTTP_PROXY`, by the
//! scheme of the server's address, then `ALL_PROXY`, each in upper or lower case; `NO_PROXY` lists
//! the servers that are reached directly. An invalid address is an error: a direct connection
//! instead would disclose to the network what the user hides from it.

use std::net::IpAddr;

use url::Url;

/// The address of a proxy and the variable that holds it. `Debug` and [`Proxy::display_safe`] hide
/// its user and password.
#[derive(Clone, PartialEq, Eq)]
pub struct Proxy {
    url: Url,
    variable: &'static str,
}

/// Why the address of a proxy cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{variable} {why}")]
pub struct ProxyError {
    /// The variable. Its value may hold a password and is not part of the error.
    pub variable: &'static str,
    pub why: &'static str,
}

impl Proxy {
    /// Selects the proxy for a server; `None` for a direct connection. `env` returns a variable's
    /// value.
    ///
    /// # Errors
    ///
    /// The selected variable does not hold the address of a proxy.
    pub fn from_environment<'e>(
        server: &Url,
        env: impl Fn(&'static str) -> Option<&'e str>,
    ) -> Result<Option<Self>, ProxyError> {
        let value_of =
            |name: &'static str| env(name).map(str::trim).filter(|value| !value.is_empty());
        let exempt = value_of("NO_PROXY").or_else(|| value_of("no_proxy")).unwrap_or_default();
        if is_exempt(server, exempt) {
            return Ok(None);
        }
        // In a CGI program HTTP_PROXY is a header of the client's request (CVE-2016-5385).
        let is_cgi = env("REQUEST_METHOD").is_some();
        let names = match server.scheme() {
            "https" => ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"],
            _ if is_cgi => ["http_proxy", "http_proxy", "ALL_PROXY", "all_proxy"],
            _ => ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"],
        };
        let found = names.into_iter().find_map(|name| Some((name, value_of(name)?)));
        found.map(|(name, value)| Self::new(name, value)).transpose()
    }

    /// Parses the address of a proxy; without a scheme it is http.
    ///
    /// # Errors
    ///
    /// It is not an address, or its scheme is not supported.
    pub fn new(variable: &'static str, value: &str) -> Result<Self, ProxyError> {
        parse_address(value)
            .map(|url| Self { url, variable })
            .map_err(|why| ProxyError { variable, why })
    }

    /// The whole address, with user and password: only for the connection.
    pub fn expose(&self) -> &Url {
        &self.url
    }

    /// Whether the connection to the proxy itself is encrypted.
    pub fn is_encrypted(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// The address without user and password, and the variable that holds it.
    pub fn display_safe(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        let port = self.url.port_or_known_default().unwrap_or(1080);
        format!("{}://{host}:{port} ({})", self.url.scheme(), self.variable)
    }
}

impl std::fmt::Debug for Proxy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.display_safe())
    }
}

fn parse_address(value: &str) -> Result<Url, &'static str> {
    let value = value.trim();
    if value.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err("contains spaces");
    }
    let (scheme, rest) = match value.split_once("://") {
        Some((scheme, rest)) => (scheme.to_ascii_lowercase(), rest),
        None => ("http".to_owned(), value.trim_start_matches("//")),
    };
    if !matches!(scheme.as_str(), "http" | "https" | "socks4" | "socks4a" | "socks5" | "socks5h") {
        return Err("has an unknown type of proxy; use http, https, socks5 or socks5h");
    }
    if rest.chars().all(|c| c.is_ascii_digit() || c == ':') {
        return Err("names no host");
    }
    let mut url = Url::parse(&format!("{scheme}://{rest}")).map_err(|error| match error {
        url::ParseError::InvalidPort => "has a port that is not a number up to 65535",
        _ => "is not an address",
    })?;
    if url.host_str().is_none_or(str::is_empty) {
        return Err("names no host");
    }
    // A password with `/`, `?` or `#` in it gets here, and the parsed host would be wrong.
    let is_bare = matches!(url.path(), "" | "/");
    if !is_bare || url.query().is_some() || url.fragment().is_some() {
        return Err(
            "has text after the port; in a password, write / as %2F, ? as %3F and # as %23",
        );
    }
    if url.port() == Some(0) {
        return Err("has a port that is not a number up to 65535");
    }
    // The port registered for SOCKS (RFC 1928); http has a default of its own.
    if url.port_or_known_default().is_none() && url.set_port(Some(1080)).is_err() {
        return Err("is not an address");
    }
    Ok(url)
}

/// Whether `NO_PROXY` lists the server: `*`, a domain with its subdomains, an address, or a network
/// (`10.0.0.0/8`), separated by commas or blanks.
fn is_exempt(server: &Url, list: &str) -> bool {
    let host = server.host_str().unwrap_or_default().trim_matches(['[', ']', '.']);
    let address = host.parse::<IpAddr>().ok();
    let names = list.split([',', ' ', '\t']).map(str::trim).filter(|name| !name.is_empty());
    names.into_iter().any(|name| match address {
        _ if name == "*" => true,
        Some(address) => is_in_network(name, address),
        None => is_in_domain(host, name, server.port_or_known_default()),
    })
}

fn is_in_domain(host: &str, name: &str, port: Option<u16>) -> bool {
    let (name, only) = match name.rsplit_once(':') {
        Some((name, number)) => (name, number.parse::<u16>().ok()),
        None => (name, None),
    };
    let name = name.trim_start_matches('*').trim_matches('.').to_ascii_lowercase();
    let before = host.strip_suffix(name.as_str());
    let is_named = before.is_some_and(|before| before.is_empty() || before.ends_with('.'));
    !name.is_empty() && is_named && (only.is_none() || only == port)
}

/// Whether `name` is this address, or a network that contains it.
fn is_in_network(name: &str, address: IpAddr) -> bool {
    let (base, length) = match name.split_once('/') {
        Some((base, length)) => (base, length.parse::<u32>().ok()),
        None => (name, Some(128)),
    };
    let (Some(length), Ok(base)) = (length, base.trim_matches(['[', ']']).parse::<IpAddr>()) else {
        return false;
    };
    let differ = match (base, address) {
        (IpAddr::V4(base), IpAddr::V4(address)) => {
            u128::from(base.to_bits() ^ address.to_bits()) << 96
        }
        (IpAddr::V6(base), IpAddr::V6(address)) => base.to_bits() ^ address.to_bits(),
        _ => return false,
    };
    differ.leading_zeros() >= length.min(if base.is_ipv4() { 32 } else { 128 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choose(server: &str, env: &[(&str, &'static str)]) -> Result<Option<String>, ProxyError> {
        let find =
            |name: &str| env.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
        let server = Url::parse(server).unwrap();
        Proxy::from_environment(&server, find).map(|found| found.map(|proxy| proxy.display_safe()))
    }

    #[test]
    fn the_variable_that_goes_with_the_address_counts_first() {
        let env = [("https_proxy", "gate.example:3128"), ("ALL_PROXY", "socks5h://sox.example")];
        let https = choose("https://a.example/v1", &env).unwrap().unwrap();
        assert_eq!(https, "http://gate.example:3128 (https_proxy)");
        let http = choose("http://a.example/v1", &env).unwrap().unwrap();
        assert_eq!(http, "socks5h://sox.example:1080 (ALL_PROXY)");
        assert_eq!(choose("https://a.example", &[("HTTP_PROXY", "x:1")]), Ok(None));
        let cgi = [("HTTP_PROXY", "evil.example:1"), ("REQUEST_METHOD", "GET")];
        assert_eq!(choose("http://a.example", &cgi), Ok(None));
    }

    #[test]
    fn whom_no_proxy_names_is_reached_directly() {
        let direct = |server: &str, list: &'static str| {
            choose(server, &[("ALL_PROXY", "p.example:1"), ("NO_PROXY", list)]) == Ok(None)
        };
        for (server, list) in [
            ("https://a.example", "b.example, a.example"),
            ("https://deep.a.example", ".a.example"),
            ("https://deep.a.example", "*.a.example"),
            ("https://a.example:8443", "a.example:8443"),
            ("http://10.1.2.3", "10.0.0.0/8"),
            ("http://10.1.2.3", "10.1.2.3"),
            ("http://[fd00::7]:1", "fd00::/8"),
            ("http://[fd00::7]:1", "[fd00::7]"),
            ("https://a.example", "*"),
        ] {
            assert!(direct(server, list), "{server} in {list}");
        }
        for (server, list) in [
            ("https://nota.example", "a.example"),
            ("https://a.example", "a.example:8443"),
            ("http://11.1.2.3", "10.0.0.0/8"),
            ("http://10.1.2.3", "10.0.0.0/x"),
            ("https://a.example", ". ,,"),
        ] {
            assert!(!direct(server, list), "{server} in {list}");
        }
    }

    #[test]
    fn what_cannot_be_understood_is_refused_without_its_password() {
        for bad in [
            "http://gate.example:31x8",
            "http://gate.example:70000",
            "gate.example:0",
            "http://",
            "http://:3128",
            "3128",
            "http:gate.example:3128",
            "https//gate.example:3128",
            "http://http://gate.example:3128",
            "quic://gate.example:3128",
            "socks://gate.example:1080",
            "http://gate example:3128",
            "http://ann:pa#sesame@gate.example:3128",
            "http://ann:12#sesame@gate.example:3128",
            "http://ann:1/sesame@gate.example:3128",
            "http://gate.example:3128/wpad.pac",
        ] {
            let error =
                Proxy::new("HTTPS_PROXY", bad).map(|proxy| proxy.display_safe()).unwrap_err();
            assert!(!error.to_string().contains("sesame"), "{error}");
            assert!(error.to_string().starts_with("HTTPS_PROXY "), "{error}");
        }
        let good = Proxy::new("ALL_PROXY", "socks5://ann:pa%23sesame@[::1]:9050").unwrap();
        assert_eq!(format!("{good:?}"), "socks5://[::1]:9050 (ALL_PROXY)");
        assert_eq!(good.expose().password(), Some("pa%23sesame"));
    }
}
