//! Services whose address and key are known, so that a name is enough.
//!
//! Sources: `docs/openai.md` of Ollama, `tools/server/README.md` of llama.cpp, the API references of LM
//! Studio, vLLM, TGI, OpenRouter, Gemini (OpenAI compatibility), Groq and OpenAI; November 2026.

use super::groups::ollama_port;
use super::{Environment, Origin, Setting};
use crate::secret::Secret;

/// A service in OpenAI's form.
pub(super) struct Preset {
    pub name: &'static str,
    /// What `base_url` would be.
    pub base_url: &'static str,
    /// The variables that may hold its key, the service's own name first. No other key is sent.
    pub keys: &'static [&'static str],
}

const fn preset(
    name: &'static str,
    base_url: &'static str,
    keys: &'static [&'static str],
) -> Preset {
    Preset { name, base_url, keys }
}

/// Those that run on the user's machine first.
pub(super) const PRESETS: [Preset; 9] = [
    preset("ollama", "http://127.0.0.1:11434/v1", &[]),
    preset("llama-server", "http://127.0.0.1:8080/v1", &["LLAMA_API_KEY"]),
    preset("lm-studio", "http://127.0.0.1:1234/v1", &[]),
    preset("vllm", "http://127.0.0.1:8000/v1", &["VLLM_API_KEY"]),
    preset("tgi", "http://127.0.0.1:8080/v1", &[]),
    preset("openrouter", "https://openrouter.ai/api/v1", &["OPENROUTER_API_KEY"]),
    preset(
        "gemini",
        "https://generativelanguage.googleapis.com/v1beta/openai",
        &["GEMINI_API_KEY", "GOOGLE_API_KEY"],
    ),
    preset("groq", "https://api.groq.com/openai/v1", &["GROQ_API_KEY"]),
    preset("openai", "https://api.openai.com/v1", &["OPENAI_API_KEY"]),
];

/// Accepts the name of a preset, or none.
pub(super) fn check_preset(name: &str) -> Result<(), String> {
    let is_known = name.is_empty() || Preset::find(name).is_some();
    is_known.then_some(()).ok_or_else(|| format!("use one of {}", preset_names().join(", ")))
}

/// The names, for the flag and the file.
pub(super) fn preset_names() -> Vec<&'static str> {
    PRESETS.iter().map(|preset| preset.name).collect()
}

impl Preset {
    /// The preset of this name. `None` if there is none.
    pub fn find(name: &str) -> Option<&'static Self> {
        PRESETS.iter().find(|preset| preset.name == name)
    }

    /// What `base_url` would be. Ollama's own variable may name another port.
    pub fn address(&self, environment: &Environment) -> String {
        match ollama_port(environment) {
            Some(port) if self.name == "ollama" => format!("http://127.0.0.1:{port}/v1"),
            _ => self.base_url.to_owned(),
        }
    }

    /// Whether it runs on the user's machine.
    pub fn is_local(&self) -> bool {
        self.base_url.starts_with("http://127.0.0.1")
    }

    /// What is missing to ask this service, as a sentence; `None` if nothing is.
    pub fn missing_key(&self, environment: &Environment) -> Option<String> {
        let is_missing = !self.is_local() && self.key(environment).is_none();
        let name = self.keys.first().filter(|_| is_missing)?;
        Some(format!("no key for {} was found: set {name}", self.name))
    }

    /// The key of this service, from the environment or `.env`.
    pub fn key(&self, environment: &Environment) -> Option<Setting<Secret>> {
        let (secret, origin) = self.keys.iter().find_map(|name| environment.variable(name))?;
        Some(Setting { value: Secret::new(secret), origin })
    }
}

impl Origin {
    /// How strong a layer is; a value of a stronger one counts.
    pub(super) fn strength(&self) -> u8 {
        match self {
            Self::Default => 0,
            Self::File(_) => 1,
            Self::DotEnv(_) => 2,
            Self::Environment(_) => 3,
            Self::Flag(_) => 4,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Engine;
    use crate::config::{FlagValues, Settings, resolve};

    fn settings(env: &[(&str, &str)], flags: &[(&'static str, &str)]) -> Settings {
        let home = [("HOME", "/nowhere")];
        let env = home.iter().chain(env).map(|(name, value)| ((*name).into(), (*value).into()));
        let flags = flags.iter().map(|(name, value)| (*name, (*value).to_owned()));
        let environment = Environment::new(env, "/nowhere".into());
        resolve(flags.collect::<FlagValues>(), &environment).unwrap()
    }

    fn token(settings: &Settings) -> Option<&str> {
        settings.network.token.as_ref().map(|token| token.value.expose())
    }

    #[test]
    fn a_name_brings_the_address_and_its_own_key_only() {
        let keys = [("GEMINI_API_KEY", "AIza-mine"), ("HF_TOKEN", "hf_abcdefgh")];
        let gemini = settings(&keys, &[("preset", "gemini"), ("model", "gemini-3-flash")]);
        let network = &gemini.network;
        let base = "https://generativelanguage.googleapis.com/v1beta/openai";
        assert_eq!(network.endpoint.value.base_url(), base);
        assert_eq!(gemini.inference.engine.value, Engine::Endpoint);
        assert_eq!(token(&gemini), Some("AIza-mine"));
        let groq = settings(&keys, &[("preset", "groq")]);
        assert_eq!(token(&groq), None, "HuggingFace's token is not for others");
        let notice = "no key for groq was found: set GROQ_API_KEY";
        assert!(groq.notices.all.iter().any(|text| text == notice), "{:?}", groq.notices.all);
        let local = settings(&[("OLLAMA_HOST", "0.0.0.0:9000")], &[("preset", "ollama")]);
        assert_eq!(local.network.endpoint.value.base_url(), "http://127.0.0.1:9000/v1");
        assert_eq!(local.notices.all, [""; 0]);
        assert_eq!(groq.inference.model.value, "", "nobody knows what it has");
        assert!(local.inference.model.value.starts_with("Qwen/"));
    }

    #[test]
    fn an_address_counts_where_it_is_at_least_as_strong() {
        let address = |env: &[(&str, &str)], flags: &[(&'static str, &str)]| {
            settings(env, flags).network.endpoint.value.base_url()
        };
        let variable = [("CODEAGENT_BASE_URL", "http://127.0.0.1:9/v1")];
        assert_eq!(address(&variable, &[("preset", "vllm")]), "http://127.0.0.1:8000/v1");
        let both = [("preset", "vllm"), ("base_url", "http://127.0.0.1:7/v1")];
        assert_eq!(address(&variable, &both), "http://127.0.0.1:7/v1");
        let by_variable = [variable[0], ("CODEAGENT_PRESET", "vllm")];
        assert_eq!(address(&by_variable, &[]), "http://127.0.0.1:9/v1");
    }

    #[test]
    fn an_unknown_name_lists_the_known_ones() {
        assert!(check_preset("chatgpt").unwrap_err().contains("openrouter"));
        assert_eq!(check_preset("openai"), Ok(()));
    }
}
