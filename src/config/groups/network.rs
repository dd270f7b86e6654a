//! The server: its address, its protocol, the token for it, and how long to wait for it.

use std::time::Duration;

use crate::app::Engine;
use crate::config::hub::{self, Hub, HubError};
use crate::config::keys::{SettingKey, ValueKind};
use crate::config::layers::Layers;
use crate::config::{ConfigError, Origin, Setting, engine, presets, token};
use crate::inference::{Endpoint, Protocol, Timeouts};
use crate::secret::Secret;

pub(super) const ROWS: [SettingKey; 7] = [
    SettingKey::new(
        "preset",
        ValueKind::Choice(presets::preset_names),
        "",
        "none: a service by its name, with its address and its own key",
    )
    .flag("--preset", "NAME", "A service by its name, with its address and its own key")
    .env("CODEAGENT_PRESET"),
    SettingKey::new(
        "base_url",
        ValueKind::Text,
        "https://router.huggingface.co/v1",
        "`https://router.huggingface.co/v1`",
    )
    .flag("--base-url", "URL", "The address of the server")
    .env("CODEAGENT_BASE_URL"),
    SettingKey::new(
        "protocol",
        ValueKind::Choice(|| Protocol::ALL.map(Protocol::name).to_vec()),
        "chat",
        "`chat`; `text-generation` for TGI and dedicated endpoints",
    )
    .flag("--protocol", "NAME", "chat or text-generation")
    .env("CODEAGENT_PROTOCOL"),
    SettingKey::new("bill_to", ValueKind::Text, "", "none: an organisation to bill")
        .env("HF_BILL_TO"),
    SettingKey::new("timeout.connect", SECONDS, "10", "10 s"),
    SettingKey::new(
        "timeout.first_byte",
        SECONDS,
        "120",
        "120 s without a byte, until the response starts; 900 s with engine `local`",
    )
    .flag(
        "--timeout-first-byte",
        "SECONDS",
        "How long to wait for the first byte of a reply, in seconds",
    ),
    SettingKey::new(
        "timeout.idle",
        SECONDS,
        "30",
        "30 s without a byte, after that; comments in a stream count",
    )
    .flag("--timeout-idle", "SECONDS", "How long a reply may pause, in seconds"),
];

/// A processor reads a long question slowly: a model of 7 B on two cores about 15 tokens a second.
const LOCAL_FIRST_BYTE: Duration = Duration::from_mins(15);

const SECONDS: ValueKind = ValueKind::Number { min: 1, max: 3_600 };

/// The server that is asked, and HuggingFace's accounts.
#[derive(Debug, Clone)]
pub struct NetworkSettings {
    pub endpoint: Setting<Endpoint>,
    pub timeouts: Timeouts,
    /// The token for the endpoint; `None` if there is none or it must not be sent there.
    pub token: Option<Setting<Secret>>,
    /// The hub for account queries, or why there are none.
    pub hub: Result<Hub, HubError>,
    /// Who pays in place of the token's owner; `None` if nobody else does.
    pub bill_to: Option<String>,
}

/// The address of the server, which its protocol completes.
pub(in crate::config) fn read_endpoint(
    layers: &Layers<'_>,
) -> Result<Setting<Endpoint>, ConfigError> {
    layers.parse_with("preset", presets::check_preset)?;
    let protocol = engine::protocol(layers)?;
    layers.parse_with("base_url", |url| {
        Endpoint::new(url, protocol).map(|endpoint| layers.environment.with_proxy(endpoint))
    })
}

impl NetworkSettings {
    /// `token` is the one that was found; why it is not sent is added to `notices`.
    pub(in crate::config) fn read(
        layers: &Layers<'_>,
        engine: Engine,
        (endpoint, token): (Setting<Endpoint>, Option<Setting<Secret>>),
        notices: &mut Vec<String>,
    ) -> Result<Self, ConfigError> {
        let hub = hub::find(layers.environment, token.as_ref(), (engine, &endpoint.value));
        // What was found on this machine was never meant to see a token.
        let is_found = endpoint.value.is_loopback() && layers.is_remembered(&endpoint.origin);
        let token = token.filter(|_| !is_found);
        let token = token.filter(|token| {
            let from = (&endpoint.origin, "CODEAGENT_BASE_URL");
            let refusal = token::refuse_to_send(token, &endpoint.value, from);
            notices.extend(refusal.clone());
            refusal.is_none()
        });
        let is_unset = layers.get("timeout.first_byte").origin == Origin::Default;
        Ok(Self {
            endpoint,
            timeouts: Timeouts {
                connect: layers.seconds("timeout.connect")?,
                first_byte: match engine {
                    Engine::Local if is_unset => LOCAL_FIRST_BYTE,
                    _ => layers.seconds("timeout.first_byte")?,
                },
                idle: layers.seconds("timeout.idle")?,
            },
            token,
            hub,
            bill_to: Some(layers.get("bill_to").value).filter(|name| !name.is_empty()),
        })
    }
}
