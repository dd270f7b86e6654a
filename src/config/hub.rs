//! Whether, where and with which token HuggingFace's account routes may be queried.

use super::token::refuse_to_send;
use super::{Environment, Origin, Setting};
use crate::app::Engine;
use crate::inference::{Endpoint, Protocol};
use crate::secret::Secret;

/// The hub's address, and the token that may be sent there.
#[derive(Debug, Clone)]
pub struct Hub {
    pub base: Endpoint,
    pub token: Setting<Secret>,
}

const HUB_URL: &str = "https://huggingface.co";
/// HuggingFace's own variable for another address, such as a mirror or an enterprise's hub.
const HUB_VARIABLE: &str = "HF_ENDPOINT";

/// The hub, or a clause that says why it is not queried. Only a HuggingFace token is sent there:
/// for other servers the same variable holds another server's key. If neither the engine nor the
/// endpoint nor `HF_ENDPOINT` names HuggingFace, it is not contacted.
pub(super) fn find(
    environment: &Environment,
    token: Option<&Setting<Secret>>,
    (engine, endpoint): (Engine, &Endpoint),
) -> Result<Hub, String> {
    if engine == Engine::Offline && token.is_some() {
        return Err("offline by choice, so HuggingFace is not contacted".to_owned());
    }
    let Some(token) = token else { return Err("no HuggingFace token".to_owned()) };
    if !token.value.is_huggingface() {
        return Err(format!("the token from {} is not a HuggingFace token", token.origin));
    }
    let named = environment.user_variable(HUB_VARIABLE);
    if named.is_none() && engine != Engine::HuggingFace && !endpoint.is_huggingface() {
        return Err("the model server is not HuggingFace's".to_owned());
    }
    let (address, origin) = named.unwrap_or((HUB_URL, Origin::Default));
    let base = Endpoint::new(address, Protocol::TextGeneration)
        .map(|base| environment.with_proxy(base))
        .map_err(|why| format!("{HUB_VARIABLE} cannot be used: {why}"))?;
    match refuse_to_send(token, &base, (&origin, HUB_VARIABLE)) {
        Some(refusal) => Err(refusal),
        None => Ok(Hub { base, token: token.clone() }),
    }
}
