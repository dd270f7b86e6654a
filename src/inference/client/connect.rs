//! Sets up connections and explains why one failed: certificates, proxies, compression.

use reqwest::header::{self, HeaderMap, HeaderValue};

use super::{Endpoint, ErrorCause, InferenceError, PermanentCause, Timeouts, TransientCause};
use crate::inference::{Protocol, Proxy};
use crate::secret::{Secret, redact};

/// A pool of connections to one endpoint.
///
/// # Errors
///
/// The proxy's address is invalid, or the system has no certificates and the connection is
/// encrypted.
pub(super) fn connection_pool(
    endpoint: &Endpoint,
    timeouts: Timeouts,
    headers: HeaderMap,
) -> Result<reqwest::Client, InferenceError> {
    // A second installation in one process changes nothing.
    drop(rustls::crypto::ring::default_provider().install_default());
    let local =
        |cause, message: String| InferenceError::local(ErrorCause::Permanent(cause), message);
    let proxy = endpoint.proxy().map_err(|bad| local(PermanentCause::BadProxy, bad.to_string()))?;
    let broken = |e: reqwest::Error| local(PermanentCause::Broken, root_cause(&e));
    let mut builder = reqwest::Client::builder();
    if let Some(proxy) = proxy {
        builder = builder.proxy(reqwest::Proxy::all(proxy.expose().clone()).map_err(broken)?);
    } else if endpoint.is_loopback() || cfg!(not(any(windows, target_os = "macos"))) {
        // On Windows and macOS the system's own settings may still name a proxy.
        builder = builder.no_proxy();
    }
    if !endpoint.is_encrypted() && proxy.is_none_or(|proxy| !proxy.is_encrypted()) {
        // Nothing is encrypted, so no certificates are needed.
        builder = builder.tls_certs_only(std::iter::empty());
    }
    builder
        .user_agent(concat!("codeagent/", env!("CARGO_PKG_VERSION"), "; rust"))
        .default_headers(headers)
        .connect_timeout(timeouts.connect)
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .map_err(|e| match root_cause(&e) {
            message if message.contains("CA certificates") => {
                local(PermanentCause::NoCertificates, message)
            }
            message => local(PermanentCause::Broken, message),
        })
}

/// The headers of every request. They ask for no compression, because a proxy would buffer a
/// compressed stream. A compressed answer is still read if its encoding is declared and known.
pub(super) fn request_headers(
    protocol: Protocol,
    token: Option<&Secret>,
    bill_to: Option<&str>,
) -> Result<HeaderMap, InferenceError> {
    let unusable =
        |cause, message: &str| InferenceError::local(ErrorCause::Permanent(cause), message);
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::ACCEPT, HeaderValue::from_static("text/event-stream, application/json"));
    headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    if let Some(token) = token {
        let (name, value) = protocol.authorization(token.expose());
        let mut value = HeaderValue::from_str(&value).map_err(|_| {
            unusable(
                PermanentCause::BadToken,
                "it has characters that no token contains; copy it again",
            )
        })?;
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    if let Some(name) = bill_to {
        let value = HeaderValue::from_str(name)
            .map_err(|_| unusable(PermanentCause::Rejected, "`bill_to` is not a valid name"))?;
        headers.insert("x-hf-bill-to", value);
    }
    Ok(headers)
}

/// The error for a body encoding that is not supported; `reqwest` has removed the header of those
/// that are.
pub(super) fn unsupported_encoding(response: &reqwest::Response) -> Option<InferenceError> {
    let value = response.headers().get(header::CONTENT_ENCODING)?;
    let name = String::from_utf8_lossy(value.as_bytes()).trim().to_ascii_lowercase();
    let message =
        format!("the response is compressed ({}), which was not requested", redact(&name));
    let cause = ErrorCause::Permanent(PermanentCause::NotAnAnswer);
    (!matches!(name.as_str(), "" | "identity")).then(|| InferenceError::local(cause, message))
}

/// Classifies why no answer came, or no more of it. `proxy` is the proxy in use.
pub(super) fn classify_connection_error(
    error: &reqwest::Error,
    proxy: Option<&Proxy>,
) -> InferenceError {
    let message = root_cause(error);
    let cause = match () {
        () if error.is_timeout() => ErrorCause::Transient(TransientCause::TimedOut),
        () if message.contains("peer certificate") => {
            ErrorCause::Permanent(PermanentCause::BadCertificate)
        }
        () if message.contains("proxy auth") => ErrorCause::Permanent(PermanentCause::Blocked),
        () if error.is_connect() => ErrorCause::Transient(TransientCause::Unreachable),
        () => ErrorCause::Transient(TransientCause::Dropped),
    };
    let message = match proxy.filter(|_| error.is_connect()) {
        Some(proxy) => {
            format!(
                "{}, through the proxy {}",
                describe_proxy_refusal(&message),
                proxy.display_safe()
            )
        }
        None => message,
    };
    InferenceError::local(cause, message)
}

/// Describes what a proxy answered; errors of the connection itself are returned unchanged.
fn describe_proxy_refusal(message: &str) -> &str {
    match message {
        _ if message.contains("proxy auth") => "a user name and a password are required",
        _ if message.ends_with("unsuccessful") => "the connection was refused",
        _ => message.trim_start_matches("tunnel error: "),
    }
}

/// The innermost error, on which a user can act: "connection refused", "dns error".
fn root_cause(error: &reqwest::Error) -> String {
    let mut inner: &dyn std::error::Error = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}
