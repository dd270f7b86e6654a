//! The model server that this program starts on the user's machine: its program, its model, and where
//! models are downloaded from and to.

use std::path::{Path, PathBuf};

use crate::config::config_file::read_beside;
use crate::config::keys::{SettingKey, ValueKind};
use crate::config::layers::Layers;
use crate::config::{ConfigError, Environment, Origin, Setting, hub, token};
use crate::inference::Endpoint;
use crate::local::hub_cache::HubCache;
use crate::local::{LocalCatalogue, LocalError};
use crate::secret::Secret;

/// The user's own lines of the table of models, beside `config.toml`.
const TABLE_FILE: &str = "local-models.toml";

pub(super) const ROWS: [SettingKey; 3] = [
    SettingKey::new(
        "model_file",
        ValueKind::File,
        "",
        "none: a GGUF file on this machine, which engine `local` loads",
    )
    .flag("--model-file", "FILE", "Load this GGUF file on this machine, with llama-server")
    .env("CODEAGENT_MODEL_FILE"),
    SettingKey::new(
        "local_context",
        ValueKind::Text,
        "auto",
        "`auto`: the context of engine `local` in tokens, up to 32768 as the memory allows",
    ),
    SettingKey::new(
        "llama_server",
        ValueKind::Program,
        "",
        "`llama-server` on the PATH: what engine `local` starts",
    )
    .env("CODEAGENT_LLAMA_SERVER"),
];

/// How models run on the user's machine.
#[derive(Debug, Clone)]
pub struct LocalEngineSettings {
    /// The program that the user names. `None` for the one on the PATH.
    pub program: Option<PathBuf>,
    /// The folders of the PATH.
    pub path: Vec<PathBuf>,
    /// The file of weights that the user names. `None` for a downloaded model.
    pub model_file: Option<PathBuf>,
    /// In tokens. `None` for as many as the memory allows.
    pub context: Option<u32>,
    /// HuggingFace's cache on this machine.
    pub cache: HubCache,
    /// Where models are downloaded from.
    pub hub: HubAccess,
    /// The user's own table of models, and its path. `None` if there is none.
    table: Option<(PathBuf, String)>,
}

/// How the Hub is asked for files.
#[derive(Debug, Clone)]
pub struct HubAccess {
    /// Or why it cannot be asked, as a clause.
    pub base: Result<Endpoint, String>,
    /// For repositories that are not open to everybody. `None` if there is none to send.
    pub token: Option<Setting<Secret>>,
    /// The switch that forbids downloads. `None` if none is on.
    pub offline: Option<Origin>,
}

impl LocalEngineSettings {
    /// Reads the settings of this group. `token` is the one that was found, for whomever.
    ///
    /// # Errors
    ///
    /// A value is invalid.
    pub(in crate::config) fn read(
        layers: &Layers<'_>,
        token: Option<&Setting<Secret>>,
        config: &Path,
    ) -> Result<Self, ConfigError> {
        let environment = layers.environment;
        let path = |name| Some(layers.get(name).value).filter(|value| !value.is_empty());
        let absolute =
            |path: String| environment.working_dir.join(environment.expand_path(path.as_ref()));
        Ok(Self {
            program: path("llama_server").map(PathBuf::from),
            path: environment.browser_paths("").path,
            model_file: path("model_file").map(absolute),
            context: layers.parse_with("local_context", parse_context)?.value,
            cache: HubCache::new(cache_folder(environment)),
            hub: HubAccess::find(environment, token),
            table: read_beside(config, TABLE_FILE)?,
        })
    }

    /// The table of models, with the user's own lines.
    ///
    /// # Errors
    ///
    /// The user's table is invalid.
    pub fn catalogue(&self) -> Result<LocalCatalogue, LocalError> {
        let Some((path, text)) = &self.table else { return Ok(LocalCatalogue::default()) };
        LocalCatalogue::with_user_table(text).map_err(|why| {
            let path = path.to_string_lossy().into_owned();
            LocalError::BadTable { path, why: why.lines().next().unwrap_or_default().to_owned() }
        })
    }
}

impl HubAccess {
    fn find(environment: &Environment, token: Option<&Setting<Secret>>) -> Self {
        let (address, origin) =
            environment.user_variable(hub::HUB_VARIABLE).unwrap_or((hub::HUB_URL, Origin::Default));
        let base = Endpoint::site(address).map(|base| environment.with_proxy(base));
        let base = base.map_err(|why| format!("{} cannot be used: {why}", hub::HUB_VARIABLE));
        let may_be_sent = |token: &&Setting<Secret>| {
            let is_refused =
                |base| token::refuse_to_send(token, base, (&origin, hub::HUB_VARIABLE)).is_some();
            token.value.is_huggingface() && base.as_ref().is_ok_and(|base| !is_refused(base))
        };
        let token = token.filter(may_be_sent).cloned();
        Self { token, base, offline: environment.switched_on("HF_HUB_OFFLINE") }
    }
}

/// A number of tokens; `None` for as many as the memory allows.
fn parse_context(text: &str) -> Result<Option<u32>, &'static str> {
    if text == "auto" {
        return Ok(None);
    }
    let tokens = text.parse().ok().filter(|tokens| (1_024..=1_000_000).contains(tokens));
    tokens.map(Some).ok_or("use auto, or a number of tokens from 1024 to 1000000")
}

/// `$HF_HUB_CACHE`, else `$HF_HOME/hub`, else `~/.cache/huggingface/hub`, as HuggingFace's tools find it.
fn cache_folder(environment: &Environment) -> PathBuf {
    let named = |name| environment.user_variable(name).map(|(value, _)| PathBuf::from(value));
    let of_home = || {
        let home = named("HF_HOME")
            .or_else(|| Some(environment.cache_folder()?.join("huggingface")))
            .unwrap_or_default();
        environment.expand_path(&home).join("hub")
    };
    let named = named("HF_HUB_CACHE").or_else(|| named("HUGGINGFACE_HUB_CACHE"));
    named.map_or_else(of_home, |path| environment.expand_path(&path))
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
        let environment = Environment::new(env, "/work".into());
        resolve(flags.collect::<FlagValues>(), &environment).unwrap()
    }

    #[test]
    fn a_file_of_weights_implies_the_local_engine() {
        let found = settings(&[("HF_TOKEN", "hf_abc")], &[("model_file", "m.gguf")]);
        assert_eq!(found.inference.engine.value, Engine::Local);
        assert_eq!(found.local_engine.model_file.as_deref(), Some(Path::new("/work/m.gguf")));
        assert!(found.network.endpoint.value.is_loopback() && found.network.token.is_none());
        let chosen = settings(&[], &[("model_file", "/m.gguf"), ("engine", "offline")]);
        assert_eq!(chosen.inference.engine.value, Engine::Offline, "who says more is right");
    }

    #[test]
    fn the_cache_is_that_of_huggingface_s_tools() {
        let cache =
            |env: &[(&str, &str)]| settings(env, &[]).local_engine.cache.folder().to_owned();
        assert_eq!(cache(&[]), Path::new("/nowhere/.cache/huggingface/hub"));
        assert_eq!(cache(&[("HF_HOME", "~/hf")]), Path::new("/nowhere/hf/hub"));
        assert_eq!(cache(&[("HF_HOME", "/x"), ("HF_HUB_CACHE", "/big")]), Path::new("/big"));
        assert_eq!(cache(&[("XDG_CACHE_HOME", "/c")]), Path::new("/c/huggingface/hub"));
    }

    #[test]
    fn only_a_huggingface_token_may_go_to_the_hub() {
        let token = |env: &[(&str, &str)]| settings(env, &[]).local_engine.hub.token.is_some();
        assert!(token(&[("HF_TOKEN", "hf_abc")]));
        assert!(!token(&[("HF_TOKEN", "sk-other")]) && !token(&[]));
        assert!(!token(&[("HF_TOKEN", "hf_abc"), ("HF_ENDPOINT", "http://mirror.example")]));
        let offline = settings(&[("HF_HUB_OFFLINE", "1")], &[]).local_engine.hub.offline;
        assert_eq!(
            offline.map(|origin| origin.to_string()).as_deref(),
            Some("HF_HUB_OFFLINE in the environment")
        );
    }
}
