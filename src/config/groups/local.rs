//! Model servers on the user's own machine: where to look for them.

use std::path::PathBuf;

use crate::config::keys::{SettingKey, ValueKind};
use crate::config::layers::Layers;
use crate::config::{ConfigError, Environment};

pub(super) const ROWS: [SettingKey; 1] = [SettingKey::new(
    "local_ports",
    ValueKind::Text,
    "8080,11434,1234,8000",
    "`8080,11434,1234,8000` (llama-server, Ollama, LM Studio, vLLM) and the port of `OLLAMA_HOST`: \
     where to look for model servers on this machine; `none` looks nowhere",
)
.env("CODEAGENT_LOCAL_PORTS")];

/// Where to look for model servers, and for programs that could be one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalSearch {
    /// Ports on loopback, each once.
    pub ports: Vec<u16>,
    /// The folders of the PATH.
    pub path: Vec<PathBuf>,
}

impl LocalSearch {
    /// Reads the settings of this group.
    ///
    /// # Errors
    ///
    /// A value is invalid.
    pub(in crate::config) fn read(layers: &Layers<'_>) -> Result<Self, ConfigError> {
        let mut ports = layers.parse_with("local_ports", parse_ports)?.value;
        if !ports.is_empty() {
            ports.extend(ollama_port(layers.environment));
        }
        let mut seen = std::collections::HashSet::new();
        ports.retain(|port| seen.insert(*port));
        Ok(Self { ports, path: layers.environment.browser_paths("").path })
    }

    /// The roots of the servers to ask.
    pub fn addresses(&self) -> Vec<String> {
        self.ports.iter().map(|port| format!("http://127.0.0.1:{port}")).collect()
    }
}

/// More ports than anybody has servers.
const MAX_PORTS: usize = 32;

fn parse_ports(text: &str) -> Result<Vec<u16>, &'static str> {
    if text == "none" {
        return Ok(Vec::new());
    }
    let ports = text.split(',').map(|port| port.trim().parse().ok().filter(|port| *port > 0));
    let ports = ports.collect::<Option<Vec<_>>>().filter(|ports| ports.len() <= MAX_PORTS);
    ports.ok_or("use ports like 8080,11434, or none")
}

/// The port of Ollama's own variable (`docs/faq.md` of Ollama), where it names this machine: an
/// address with or without scheme and port, also the one that the server listens on (`0.0.0.0`).
pub(in crate::config) fn ollama_port(environment: &Environment) -> Option<u16> {
    const USUAL: u16 = 11_434;
    let (address, _) = environment.user_variable("OLLAMA_HOST")?;
    let address = address.split_once("://").map_or(address, |(_, rest)| rest);
    let address = address.split('/').next().unwrap_or_default();
    let (host, port) = match address.rsplit_once(':') {
        Some((host, port)) if port.chars().all(|c| c.is_ascii_digit()) => {
            (host, port.parse().ok()?)
        }
        _ => (address, USUAL),
    };
    let host = host.trim_matches(['[', ']']);
    let is_here = matches!(host, "" | "localhost" | "0.0.0.0" | "::" | "::1")
        || host.parse().is_ok_and(|ip: std::net::Ipv4Addr| ip.is_loopback());
    is_here.then_some(port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_a_list_or_none() {
        assert_eq!(parse_ports("8080, 9"), Ok(vec![8_080, 9]));
        assert_eq!(parse_ports("none"), Ok(Vec::new()));
        for bad in ["", "0", "70000", "8080;9", "all", "1,,2"] {
            assert!(parse_ports(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn ollama_s_own_variable_counts_where_it_names_this_machine() {
        let port = |value: &str| {
            let env = [("OLLAMA_HOST".to_owned(), value.to_owned())];
            ollama_port(&Environment::new(env, "/nowhere".into()))
        };
        for (value, expected) in [
            ("127.0.0.1:11500", Some(11_500)),
            ("http://localhost:9", Some(9)),
            ("0.0.0.0", Some(11_434)),
            (":11435", Some(11_435)),
            ("[::1]:7", Some(7)),
            ("http://127.0.0.1:8/", Some(8)),
            ("gpu.example:11434", None),
            ("10.0.0.5", None),
            ("127.0.0.1:99999", None),
        ] {
            assert_eq!(port(value), expected, "{value}");
        }
    }
}
