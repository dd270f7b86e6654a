//! The command line of llama.cpp's server.
//!
//! Source: `tools/server/README.md` of llama.cpp. Only options that its releases have had since 2024 are
//! used. The graphics card is left to the engine, and to the user's own `LLAMA_ARG_…` variables.

use std::ffi::OsString;
use std::path::PathBuf;

/// The variable that takes the server's key: the command line is visible to every user of a machine.
pub const KEY_VARIABLE: &str = "LLAMA_API_KEY";

/// The answer to `GET /health` once the model is loaded is 200, before it 503; it needs no key.
pub const HEALTH_ROUTE: &str = "health";

/// A server to be started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaunchPlan {
    /// The file of the weights, of several parts the first.
    pub weights: PathBuf,
    /// What the server calls the model.
    pub name: String,
    /// In tokens.
    pub context: u32,
    /// llama.cpp's name of a prompt format. `None` for the one in the file.
    pub template: Option<String>,
    pub port: u16,
}

impl LaunchPlan {
    /// The arguments.
    pub fn arguments(&self) -> Vec<OsString> {
        let text = |text: &str| OsString::from(text);
        let mut arguments = vec![
            text("--model"),
            self.weights.clone().into_os_string(),
            text("--alias"),
            text(&self.name),
            text("--host"),
            text("127.0.0.1"),
            text("--port"),
            text(&self.port.to_string()),
            text("--ctx-size"),
            text(&self.context.to_string()),
            // One game at a time has the whole context.
            text("--parallel"),
            text("1"),
        ];
        if let Some(template) = &self.template {
            arguments.extend([text("--chat-template"), text(template)]);
        }
        arguments
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_listens_on_loopback_and_its_key_is_no_argument() {
        let plan = LaunchPlan {
            weights: "/models/a b.gguf".into(),
            name: "o/m:Q4_K_M".to_owned(),
            context: 16_384,
            template: Some("llama2".to_owned()),
            port: 4_711,
        };
        let words: Vec<_> =
            plan.arguments().iter().map(|word| word.to_string_lossy().into_owned()).collect();
        assert_eq!(
            words.join("|"),
            "--model|/models/a b.gguf|--alias|o/m:Q4_K_M|--host|127.0.0.1|--port|4711|--ctx-size|16384\
             |--parallel|1|--chat-template|llama2"
        );
    }
}
