//! Turns a base URL into the addresses of a server's routes, and selects the proxy to it.

use url::{Host, Url};

use super::{Protocol, Proxy, ProxyError};

/// The address that a request is posted to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    url: Url,
    pub protocol: Protocol,
    /// The proxy to use; `None` for a direct connection.
    proxy: Result<Option<Proxy>, ProxyError>,
}

/// Why a base URL cannot be used, with the remedy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    #[error("write an address like https://router.huggingface.co/v1")]
    NotAnAddress,
    #[error("only http and https are supported")]
    Scheme,
    #[error("put the secret into HF_TOKEN instead of the address")]
    Credentials,
    #[error("HuggingFace closed that host in November 2025; use https://router.huggingface.co/v1")]
    Retired,
}

impl Endpoint {
    /// Builds the endpoint of a base URL, without a proxy.
    ///
    /// # Errors
    ///
    /// `base` is not an http(s) URL, has credentials in it, or names a host that was retired.
    pub fn new(base: &str, protocol: Protocol) -> Result<Self, EndpointError> {
        let mut url = Url::parse(base).map_err(|_| EndpointError::NotAnAddress)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(EndpointError::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(EndpointError::Credentials);
        }
        if url.host_str() == Some("api-inference.huggingface.co") {
            return Err(EndpointError::Retired);
        }
        url.set_fragment(None);
        let path = protocol.request_path(url.path());
        url.set_path(&path);
        Ok(Self { url, protocol, proxy: Ok(None) })
    }

    /// A server on this machine with chat completions, at the root `http://127.0.0.1:PORT`; `None` for
    /// a root that is no address.
    pub fn on_loopback(root: &str) -> Option<Self> {
        Self::new(&format!("{root}/v1"), Protocol::Chat).ok()
    }

    /// A server on this machine whose port is not known yet.
    ///
    /// # Errors
    ///
    /// None: the address is a good one.
    pub fn this_machine() -> Result<Self, EndpointError> {
        Self::new("http://127.0.0.1/v1", Protocol::Chat)
    }

    /// Where an address of this server redirects to, by the same way. `None` if it is no address, or if
    /// what was encrypted would no longer be.
    pub fn redirected(&self, from: &str, location: &str) -> Option<Self> {
        let url = Url::parse(from).ok()?.join(location).ok()?;
        let target = Self { url, protocol: self.protocol, proxy: self.proxy.clone() };
        let is_known = matches!(target.url.scheme(), "http" | "https");
        let is_as_safe = target.is_encrypted() || (!self.is_encrypted() && target.is_loopback());
        (is_known && is_as_safe).then_some(target)
    }

    /// Whether an address is of the same server: its scheme, host and port.
    pub fn is_origin_of(&self, other: &Self) -> bool {
        self.url.origin() == other.url.origin()
    }

    /// The whole address.
    pub fn as_address(&self) -> &str {
        self.url.as_str()
    }

    /// An address whose path stays as it is: for routes beside the completions, as of the hub's
    /// accounts.
    ///
    /// # Errors
    ///
    /// As [`Endpoint::new`].
    pub fn site(address: &str) -> Result<Self, EndpointError> {
        Self::new(address, Protocol::TextGeneration)
    }

    /// Selects the proxy that the environment names for this server, if any. Loopback connections
    /// never use a proxy.
    #[must_use]
    pub fn with_proxy_from<'e>(self, env: impl Fn(&'static str) -> Option<&'e str>) -> Self {
        let proxy =
            if self.is_loopback() { Ok(None) } else { Proxy::from_environment(&self.url, env) };
        Self { proxy, ..self }
    }

    /// The proxy to use; `None` for a direct connection.
    ///
    /// # Errors
    ///
    /// The environment names a proxy whose address cannot be used.
    pub fn proxy(&self) -> Result<Option<&Proxy>, ProxyError> {
        self.proxy.as_ref().map(Option::as_ref).map_err(|bad| *bad)
    }

    /// The address that requests are posted to; in some protocols it names the model.
    pub fn address(&self, model: &str) -> String {
        match self.protocol.model_path(self.path(), model) {
            Some(path) => self.at(&path).into(),
            None => self.url.as_str().to_owned(),
        }
    }

    /// The address of the model list.
    pub fn models_address(&self) -> String {
        self.at(&self.protocol.list_path(self.path())).into()
    }

    /// The address of `route` at the server's root, that is beside the API version: `/props` for
    /// `/v1/chat/completions`.
    pub fn root_address(&self, route: &str) -> String {
        let base = self.protocol.base_path(self.path());
        let base = base.strip_suffix("/v1").unwrap_or(base);
        self.at(&format!("{base}/{route}")).into()
    }

    /// The address of `route` below the base path, without its query.
    pub fn address_below(&self, route: &str) -> String {
        let mut url = self.at(&format!("{}/{route}", self.path()));
        url.set_query(None);
        url.into()
    }

    /// The path, without a slash at its end.
    fn path(&self) -> &str {
        self.url.path().trim_end_matches('/')
    }

    /// The same address with another path.
    fn at(&self, path: &str) -> Url {
        let mut url = self.url.clone();
        url.set_path(path);
        url
    }

    /// The host's name or address.
    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// The base of the address, as `--base-url` takes it.
    pub fn base_url(&self) -> String {
        self.at(self.protocol.base_path(self.path())).into()
    }

    /// The port, also where the address leaves it to the scheme.
    pub fn port(&self) -> u16 {
        self.url.port_or_known_default().unwrap_or_default()
    }

    /// Whether it is one of HuggingFace's own hosts.
    pub fn is_huggingface(&self) -> bool {
        const HOSTS: [&str; 3] = ["huggingface.co", "hf.co", "endpoints.huggingface.cloud"];
        let host = self.host();
        HOSTS.iter().any(|known| {
            host == *known || host.strip_suffix(known).is_some_and(|before| before.ends_with('.'))
        })
    }

    /// Whether requests go over TLS.
    pub fn is_encrypted(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// Whether requests stay on this machine.
    pub fn is_loopback(&self) -> bool {
        match self.url.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_url_becomes_the_chat_route() {
        let cases = [
            (
                "https://router.huggingface.co/v1",
                "https://router.huggingface.co/v1/chat/completions",
            ),
            ("http://localhost:8080", "http://localhost:8080/v1/chat/completions"),
            ("http://localhost:8080/v1/", "http://localhost:8080/v1/chat/completions"),
            ("https://a.b/x/chat/completions", "https://a.b/x/chat/completions"),
            (
                "https://g.example/v1beta/openai/",
                "https://g.example/v1beta/openai/chat/completions",
            ),
        ];
        for (base, full) in cases {
            assert_eq!(Endpoint::new(base, Protocol::Chat).unwrap().address("m"), full);
        }
    }

    #[test]
    fn text_generation_keeps_its_path_and_may_name_the_model() {
        let at = |base| Endpoint::new(base, Protocol::TextGeneration).unwrap().address("o/m");
        assert_eq!(at("http://127.0.0.1:1"), "http://127.0.0.1:1/");
        assert_eq!(at("http://127.0.0.1:1/generate_stream"), "http://127.0.0.1:1/generate_stream");
        assert_eq!(at("http://127.0.0.1:1/models/"), "http://127.0.0.1:1/models/o/m");
    }

    #[test]
    fn the_list_of_models_is_beside_the_route() {
        let chat = |base| Endpoint::new(base, Protocol::Chat).unwrap().models_address();
        assert_eq!(
            chat("https://router.huggingface.co/v1"),
            "https://router.huggingface.co/v1/models"
        );
        assert_eq!(chat("http://localhost:11434"), "http://localhost:11434/v1/models");
        assert_eq!(chat("http://a.b/v1/chat/completions?x=1"), "http://a.b/v1/models?x=1");
        let beside = Endpoint::new("http://localhost:8080/llm/v1", Protocol::Chat).unwrap();
        assert_eq!(beside.root_address("props"), "http://localhost:8080/llm/props");
        let tgi = |base| Endpoint::new(base, Protocol::TextGeneration).unwrap().models_address();
        for base in ["http://a.b", "http://a.b/generate_stream", "http://a.b/models/"] {
            assert_eq!(tgi(base), "http://a.b/info");
        }
        let hub = Endpoint::site("https://huggingface.co/x/?a").unwrap();
        assert_eq!(hub.address_below("api/whoami-v2"), "https://huggingface.co/x/api/whoami-v2");
    }

    #[test]
    fn bad_addresses_say_what_to_write() {
        let cases = [
            ("router.huggingface.co", EndpointError::NotAnAddress),
            ("ftp://a.b", EndpointError::Scheme),
            ("https://me:hf_secret@a.b", EndpointError::Credentials),
            ("https://api-inference.huggingface.co/models/x", EndpointError::Retired),
        ];
        for (base, why) in cases {
            assert_eq!(Endpoint::new(base, Protocol::Chat), Err(why));
        }
    }

    #[test]
    fn loopback_is_known_by_name_and_number() {
        for base in ["http://localhost:1", "http://127.9.9.9", "http://[::1]:80"] {
            assert!(Endpoint::new(base, Protocol::Chat).unwrap().is_loopback(), "{base}");
        }
        assert!(!Endpoint::new("http://10.0.0.1", Protocol::Chat).unwrap().is_loopback());
    }
}
