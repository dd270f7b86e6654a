//! Where a token is found, and where it may travel.
//!
//! It is never in a file of ours and never a flag: flags are seen by every
//! user of a machine.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::{Origin, Setting, Surroundings};
use crate::inference::Endpoint;
use crate::secret::Secret;

/// Names in the order they are looked at: HuggingFace's own two, then those of
/// other tools that people already have set.
pub(super) const VARIABLES: [&str; 4] =
    ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HUGGINGFACE_API_KEY", "HUGGINGFACEHUB_API_TOKEN"];

/// The first token there is: environment, then `.env`, then HuggingFace's file.
pub(super) fn find(around: &Surroundings) -> Option<Setting<Secret>> {
    // HuggingFace's switch for "use no token that I did not pass myself".
    if around.switched_on("HF_HUB_DISABLE_IMPLICIT_TOKEN").is_some() {
        return None;
    }
    let named = VARIABLES.iter().find_map(|name| around.variable(name));
    if let Some((secret, origin)) = named {
        return Some(Setting { value: Secret::new(secret), origin });
    }
    let path = token_file(around)?;
    let value = in_file(&path)?;
    Some(Setting { value, origin: Origin::File(path) })
}

/// Whether a header can carry it.
pub(super) fn is_sendable(token: &str) -> bool {
    token.len() <= 4096 && token.chars().all(|c| c.is_ascii_graphic())
}

/// The token as it is now. HuggingFace's own tools renew the one in their file,
/// so a session that lasts must not hold on to an old one.
pub fn current(token: &Setting<Secret>) -> Secret {
    let renewed = match &token.origin {
        Origin::File(path) => in_file(path),
        Origin::Default | Origin::DotEnv(_) | Origin::Environment(_) | Origin::Flag(_) => None,
    };
    renewed.unwrap_or_else(|| token.value.clone())
}

/// No token is longer, and a device would never end.
const LONGEST: u64 = 64 * 1024;

fn in_file(path: &Path) -> Option<Secret> {
    let mut text = String::new();
    std::fs::File::open(path).ok()?.take(LONGEST).read_to_string(&mut text).ok()?;
    let text = text.trim();
    (!text.is_empty()).then(|| Secret::new(text))
}

/// `$HF_TOKEN_PATH`, else `$HF_HOME/token`, else `~/.cache/huggingface/token`: only where the user's
/// own environment says so, and expanded as often as HuggingFace's Python expands it.
fn token_file(around: &Surroundings) -> Option<PathBuf> {
    let named = |name| around.own(name).map(|(value, _)| PathBuf::from(value));
    if let Some(path) = named("HF_TOKEN_PATH") {
        return Some(around.expanded(&path));
    }
    let home = named("HF_HOME").or_else(|| Some(around.cache_folder()?.join("huggingface")))?;
    Some(around.expanded(&around.expanded(&home).join("token")))
}

/// Why the token must not be sent to this endpoint, or nothing where it may.
///
/// It goes to HuggingFace's hosts, and to a base URL the user chose; never in
/// the clear over a network. No address comes from a project today; one that
/// did would get no token, neither the user's nor the project's own.
pub(super) fn may_travel(
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
