//! Servers of models on the user's own machine: what they are, and what they say they have.
//!
//! Sources: `tools/server/README.md` of llama.cpp, `docs/api.md` of Ollama, LM Studio's REST API
//! (`/api/v0`), vLLM's OpenAI-compatible server. What answers on a port is recognised by its answer:
//! the usual ports are those of many other programs, too.

use serde_json::Value;

use super::models::{Catalogue, format_size, format_tokens, parse_count, parse_props_context};
use crate::untrusted::Untrusted;

/// A program that serves models.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LocalServerKind {
    /// llama.cpp's server.
    LlamaServer,
    Ollama,
    LmStudio,
    Vllm,
    /// It lists models as OpenAI does, and does not say what it is.
    Other,
}

impl LocalServerKind {
    /// The usual ones with their ports.
    pub const USUAL: [(Self, u16); 4] = [
        (Self::LlamaServer, 8080),
        (Self::Ollama, 11_434),
        (Self::LmStudio, 1_234),
        (Self::Vllm, 8_000),
    ];

    /// As its makers write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::LlamaServer => "llama-server",
            Self::Ollama => "Ollama",
            Self::LmStudio => "LM Studio",
            Self::Vllm => "vLLM",
            Self::Other => "A model server",
        }
    }

    /// The routes beside the list of models that tell more of them, below the server's root.
    pub fn detail_routes(self) -> &'static [&'static str] {
        match self {
            Self::LlamaServer => &["props"],
            Self::Ollama => &["api/tags", "api/ps"],
            Self::LmStudio => &["api/v0/models"],
            Self::Vllm | Self::Other => &[],
        }
    }

    /// Recognises the server by its list of models. `None` if the answer is no such list. LM Studio
    /// says nothing of itself: it is taken for one on its own port.
    pub fn recognise(body: &str, port: u16) -> Option<Self> {
        let json = serde_json::from_str::<Value>(body).ok()?;
        let list = json.get("data")?.as_array()?;
        let owner = |item: &Value| item.get("owned_by").and_then(Value::as_str).map(str::to_owned);
        Some(match list.iter().find_map(owner).as_deref() {
            Some("llamacpp") => Self::LlamaServer,
            Some("library") => Self::Ollama,
            Some("vllm") => Self::Vllm,
            Some("organization_owner") => Self::LmStudio,
            _ if json.get("object").and_then(Value::as_str) != Some("list") => return None,
            _ => Self::USUAL
                .into_iter()
                .find(|(kind, usual)| *usual == port && *kind != Self::Vllm)
                .map_or(Self::Other, |(kind, _)| kind),
        })
    }
}

/// A program that can serve models, and is started by the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LocalProgram {
    LlamaServer,
    Ollama,
}

impl LocalProgram {
    /// The better one first.
    pub const ALL: [Self; 2] = [Self::LlamaServer, Self::Ollama];

    /// The name of its file, without an ending.
    pub fn name(self) -> &'static str {
        match self {
            Self::LlamaServer => "llama-server",
            Self::Ollama => "ollama",
        }
    }

    /// How it is made to serve a model, as one sentence.
    fn start(self) -> &'static str {
        match self {
            Self::LlamaServer => {
                "llama-server is installed: `codeagent local pull` gets a model that fits this machine, \
                 `codeagent local start` runs it."
            }
            Self::Ollama => {
                "Ollama is installed and does not run: `ollama serve`, and once `ollama pull \
                 qwen2.5-coder:7b`."
            }
        }
    }
}

/// What was found on this machine.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LocalServers {
    /// The best one first.
    pub found: Vec<LocalServer>,
    /// Programs that could serve models, looked for only where no server was found.
    pub programs: Vec<LocalProgram>,
    /// Whether nobody looked, because the settings say so.
    pub is_unsearched: bool,
}

impl LocalServers {
    /// The first server that has a model, with it.
    pub fn offered(&self) -> Option<(&LocalServer, &LocalModel)> {
        self.found.iter().find_map(|server| Some((server, server.offered()?)))
    }

    /// What could be used now: `Ollama on this machine has qwen2.5-coder:7b, free`. `None` if no
    /// server has a model.
    pub fn headline(&self) -> Option<String> {
        let (server, model) = self.offered()?;
        let name = Untrusted::new(model.id.as_str()).headline(60);
        Some(format!("{} on this machine has {name}, free", server.kind.name()))
    }

    /// The same with the options that use it, as on a command line.
    pub fn offer(&self) -> Option<String> {
        let (server, _) = self.offered()?;
        Some(format!("{} with {}", self.headline()?, server.options()))
    }

    /// How to get a free model, for the operating system `os` (as in [`std::env::consts::OS`]): at
    /// most two lines, none where nobody looked.
    pub fn advice(&self, os: &str) -> String {
        if self.is_unsearched {
            return String::new();
        }
        if let Some(server) = self.found.iter().find(|server| server.is_loading) {
            return format!(
                "{} at {} is still loading its model.",
                server.kind.name(),
                server.base_url
            );
        }
        if let Some(server) = self.found.first() {
            let kind = server.kind.name();
            return format!("{kind} at {} has no model for texts yet.", server.base_url);
        }
        if let Some(program) = self.programs.first() {
            return program.start().to_owned();
        }
        let install = match os {
            "macos" => "`brew install llama.cpp`",
            "windows" => "`winget install llama.cpp`",
            _ => "llama.cpp (https://github.com/ggml-org/llama.cpp/releases)",
        };
        format!(
            "A free model can run on this machine: install {install} or Ollama (https://ollama.com/download),\n\
             then `codeagent local pull` and `codeagent local start`, or `ollama pull qwen2.5-coder:7b`."
        )
    }
}

/// A server that answered on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalServer {
    pub kind: LocalServerKind,
    /// What `--base-url` takes.
    pub base_url: String,
    /// The models that can make games.
    pub models: Vec<LocalModel>,
    /// Whether it is still loading its model and serves none yet.
    pub is_loading: bool,
}

/// A model on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalModel {
    /// The name that `--model` takes.
    pub id: String,
    /// The size of its weights in bytes. `None` if the server does not say.
    pub bytes: Option<u64>,
    /// Its context in tokens. `None` if the server does not say.
    pub context: Option<u64>,
    /// Whether it is in memory. `None` if the server does not say.
    pub is_loaded: Option<bool>,
}

impl LocalModel {
    /// What is known of it, for people: its size, its context, and whether it is in memory.
    pub fn facts(&self) -> impl Iterator<Item = String> {
        let size = self.bytes.map(format_size);
        let context = self.context.map(|tokens| format!("{} context", format_tokens(tokens)));
        let loaded = (self.is_loaded == Some(true)).then(|| "loaded".to_owned());
        [size, context, loaded].into_iter().flatten()
    }
}

impl LocalServer {
    /// Puts together what the routes of a server said: its list of models, and each route of
    /// [`LocalServerKind::detail_routes`] in their order, as far as they answered.
    pub fn parse(
        kind: LocalServerKind,
        base_url: String,
        list: &str,
        details: &[Option<String>],
    ) -> Option<Self> {
        let listed = Catalogue::parse(list)?.models.into_iter();
        let mut models: Vec<_> = listed
            .map(|model| LocalModel {
                context: model.context(),
                id: model.id,
                bytes: None,
                is_loaded: None,
            })
            .collect();
        let detail = |number: usize| details.get(number)?.as_deref();
        match kind {
            LocalServerKind::LlamaServer => {
                fill_sizes(&mut models, list);
                // Only what is loaded is listed, and it has one context.
                let context = detail(0).and_then(parse_props_context);
                for model in &mut models {
                    (model.context, model.is_loaded) = (context.or(model.context), Some(true));
                }
            }
            LocalServerKind::Ollama => {
                fill_from(&mut models, detail(0), "models", "name", |model, entry| {
                    model.bytes = parse_count(entry.get("size"));
                });
                let running = detail(1);
                for model in &mut models {
                    model.is_loaded = running.map(|_| false);
                }
                fill_from(&mut models, running, "models", "name", |model, entry| {
                    model.is_loaded = Some(true);
                    model.context = parse_count(entry.get("context_length"));
                });
            }
            LocalServerKind::LmStudio => {
                fill_from(&mut models, detail(0), "data", "id", |model, entry| {
                    let loaded = entry.get("state").and_then(Value::as_str);
                    model.is_loaded = loaded.map(|state| state == "loaded");
                    let context = |name: &str| parse_count(entry.get(name));
                    model.context =
                        context("loaded_context_length").or_else(|| context("max_context_length"));
                });
            }
            LocalServerKind::Vllm => {
                for model in &mut models {
                    model.is_loaded = Some(true);
                }
            }
            LocalServerKind::Other => {}
        }
        models.retain(|model| !is_embedding(&model.id));
        models.sort_by_key(|model| model.is_loaded != Some(true));
        Some(Self { kind, base_url, models, is_loading: false })
    }

    /// One that answers that its model is not in memory yet.
    pub fn loading(base_url: String) -> Self {
        let kind = LocalServerKind::LlamaServer;
        Self { kind, base_url, models: Vec::new(), is_loading: true }
    }

    /// The model to offer: one that is in memory, else the first.
    pub fn offered(&self) -> Option<&LocalModel> {
        self.models.first()
    }

    /// The options that use it, as on a command line.
    pub fn options(&self) -> String {
        let model = self.offered().map(|model| {
            let name = Untrusted::new(model.id.as_str()).headline(120);
            format!(" --model {name}")
        });
        format!("--base-url {}{}", self.base_url, model.unwrap_or_default())
    }
}

/// llama.cpp lists the size of the file beside the model.
fn fill_sizes(models: &mut [LocalModel], list: &str) {
    fill_from(models, Some(list), "data", "id", |model, entry| {
        model.bytes = parse_count(entry.pointer("/meta/size"));
    });
}

/// Finds each model in a list of another route by its name, and adds what stands there.
fn fill_from(
    models: &mut [LocalModel],
    body: Option<&str>,
    list: &str,
    name: &str,
    fill: impl Fn(&mut LocalModel, &Value),
) {
    let Some(json) = body.and_then(|body| serde_json::from_str::<Value>(body).ok()) else { return };
    let entries = json.get(list).and_then(Value::as_array);
    for entry in entries.into_iter().flatten() {
        let id = entry.get(name).and_then(Value::as_str);
        if let Some(model) = models.iter_mut().find(|model| Some(model.id.as_str()) == id) {
            fill(model, entry);
        }
    }
}

/// Models that turn texts into vectors make no games.
fn is_embedding(id: &str) -> bool {
    let id = id.to_ascii_lowercase();
    ["embed", "bge-", "rerank", "whisper"].iter().any(|word| id.contains(word))
}

#[cfg(test)]
mod tests;
