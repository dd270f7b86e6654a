//! Whether, where and with which token HuggingFace's account routes may be queried.

use super::token::refuse_to_send;
use super::{Environment, Origin, Setting};
use crate::app::Engine;
use crate::inference::Endpoint;
use crate::inference::endpoint::EndpointError;
use crate::secret::Secret;

/// The hub's address, and the token that may be sent there.
#[derive(Debug, Clone)]
pub struct Hub {
    pub base: Endpoint,
    pub token: Setting<Secret>,
}

/// Why HuggingFace's accounts are not asked, as a clause.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HubError {
    #[error("offline by choice, so HuggingFace is not contacted")]
    Offline,
    #[error("no HuggingFace token")]
    NoToken,
    /// The token's origin.
    #[error("the token from {0} is not a HuggingFace token")]
    ForeignToken(String),
    #[error("the model server is not HuggingFace's")]
    OtherServer,
    #[error("{HUB_VARIABLE} cannot be used: {0}")]
    BadAddress(EndpointError),
    /// Why the token must not be sent to that address.
    #[error("{0}")]
    NotSent(String),
}

pub(super) const HUB_URL: &str = "https://huggingface.co";
/// HuggingFace's own variable for another address, such as a mirror or an enterprise's hub.
pub(super) const HUB_VARIABLE: &str = "HF_ENDPOINT";

/// The hub, or a clause that says why it is not queried. Only a HuggingFace token is sent there:
/// for other servers the same variable holds another server's key. If neither the engine nor the
/// endpoint nor `HF_ENDPOINT` names HuggingFace, it is not contacted.
pub(super) fn find(
    environment: &Environment,
    token: Option<&Setting<Secret>>,
    (engine, endpoint): (Engine, &Endpoint),
) -> Result<Hub, HubError> {
    if engine == Engine::Offline && token.is_some() {
        return Err(HubError::Offline);
    }
    let Some(token) = token else { return Err(HubError::NoToken) };
    if !token.value.is_huggingface() {
        return Err(HubError::ForeignToken(token.origin.to_string()));
    }
    let named = environment.user_variable(HUB_VARIABLE);
    if named.is_none() && engine != Engine::HuggingFace && !endpoint.is_huggingface() {
        return Err(HubError::OtherServer);
    }
    let (address, origin) = named.unwrap_or((HUB_URL, Origin::Default));
    let base = Endpoint::site(address)
        .map(|base| environment.with_proxy(base))
        .map_err(HubError::BadAddress)?;
    match refuse_to_send(token, &base, (&origin, HUB_VARIABLE)) {
        Some(refusal) => Err(HubError::NotSent(refusal)),
        None => Ok(Hub { base, token: token.clone() }),
    }
}
