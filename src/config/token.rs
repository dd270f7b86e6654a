//! Finds the token, and decides where it may be sent.
//!
//! It is never read from `config.toml` or a flag: flags are visible to every user of a machine.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::{Environment, Origin, Setting};
use crate::inference::Endpoint;
use crate::secret::Secret;

/// The variables in their order of precedence: HuggingFace's own two, then those of other tools.
pub(super) const TOKEN_VARIABLES: [&str; 4] =
    ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HUGGINGFACE_API_KEY", "HUGGINGFACEHUB_API_TOKEN"];

/// The first token of environment, `.env` and HuggingFace's file; `None` if there is none.
pub(super) fn find(environment: &Environment) -> Option<Setting<Secret>> {
    // HuggingFace's switch against implicit tokens.
    if environment.switched_on("HF_HUB_DISABLE_IMPLICIT_TOKEN").is_some() {
        return None;
    }
    let named = TOKEN_VARIABLES.iter().find_map(|name| environment.variable(name));
    if let Some((secret, origin)) = named {
        return Some(Setting { value: Secret::new(secret), origin });
    }
    let path = token_file(environment)?;
    let value = read_token(&path)?;
    Some(Setting { value, origin: Origin::File(path) })
}

/// Whether it can be sent in a header.
pub(super) fn is_sendable(token: &str) -> bool {
    token.len() <= 4096 && token.chars().all(|c| c.is_ascii_graphic())
}

/// The current token. HuggingFace's own tools renew the one in their file, so it is read again.
pub fn current(token: &Setting<Secret>) -> Secret {
    let renewed = match &token.origin {
        Origin::File(path) => read_token(path),
        Origin::Default | Origin::DotEnv(_) | Origin::Environment(_) | Origin::Flag(_) => None,
    };
    renewed.unwrap_or_else(|| token.value.clone())
}

/// How much of a token file is read, in bytes: a device would never end.
const MAX_TOKEN_BYTES: u64 = 64 * 1024;

fn read_token(path: &Path) -> Option<Secret> {
    let mut text = String::new();
    std::fs::File::open(path).ok()?.take(MAX_TOKEN_BYTES).read_to_string(&mut text).ok()?;
    let text = text.trim();
    (!text.is_empty()).then(|| Secret::new(text))
}

/// `$HF_TOKEN_PATH`, else `$HF_HOME/token`, else `~/.cache/huggingface/token`; only from the user's
/// own environment, and expanded as often as HuggingFace's Python expands it.
pub(super) fn token_file(environment: &Environment) -> Option<PathBuf> {
    let named = |name| environment.user_variable(name).map(|(value, _)| PathBuf::from(value));
    if let Some(path) = named("HF_TOKEN_PATH") {
        return Some(environment.expand_path(&path));
    }
    let home =
        named("HF_HOME").or_else(|| Some(environment.cache_folder()?.join("huggingface")))?;
    Some(environment.expand_path(&environment.expand_path(&home).join("token")))
}

/// Why the token must not be sent to this endpoint, as a sentence; `None` if it may.
///
/// It may be sent to HuggingFace's hosts and to a base URL of the user's choice, but never
/// unencrypted over a network. No address comes from a project today; one that did would get no
/// token, neither the user's nor the project's own.
pub(super) fn refuse_to_send(
    token: &Setting<Secret>,
    endpoint: &Endpoint,
    (base, variable): (&Origin, &str),
) -> Option<String> {
    if !endpoint.is_encrypted() && !endpoint.is_loopback() {
        return Some(format!(
            "the token is not sent to {}: the address is not https",
            endpoint.host()
        ));
    }
    if base.is_project() && !endpoint.is_huggingface() {
        return Some(format!(
            "the token from {} is not sent to {}: that address comes from .env; to send it, set \
             {variable} in the environment",
            token.origin,
            endpoint.host()
        ));
    }
    None
}
