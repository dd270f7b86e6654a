//! The table of models that make games on a user's own machine, from `assets/local-models.toml` and the
//! user's own file.

use serde::Deserialize;

use super::model_ref::ModelRef;

/// The models of the table, the weakest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalCatalogue {
    pub models: Vec<LocalModelRow>,
}

/// A line of the table.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LocalModelRow {
    /// Its short name, for people.
    pub name: String,
    /// The model that was quantised, as on the Hub. `None` if nobody says.
    pub model: Option<String>,
    pub repository: String,
    pub quantisation: String,
    /// The size of the weights.
    pub bytes: u64,
    /// How many bytes of them each token reads. `None` if it reads all.
    pub active: Option<u64>,
    /// Bytes of memory for each token of context.
    pub kv_bytes: u64,
    /// The longest context, in tokens.
    pub context: u32,
    pub licence: String,
    /// llama.cpp's name of the prompt format. `None` where the file has its own.
    pub template: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[serde(default)]
    model: Vec<LocalModelRow>,
}

impl LocalModelRow {
    /// Its name on the Hub.
    pub fn model_ref(&self) -> ModelRef {
        ModelRef { repository: self.repository.clone(), quantisation: self.quantisation.clone() }
    }

    fn is_called(&self, text: &str) -> bool {
        // The router's policies and providers are no part of a model's name here.
        let bare = text.split(':').next().unwrap_or_default();
        let model = self.model.as_deref().unwrap_or_default();
        [self.name.as_str(), model].iter().any(|name| name.eq_ignore_ascii_case(bare))
    }
}

impl Default for LocalCatalogue {
    /// The table that comes with the program; a test reads it.
    fn default() -> Self {
        let models = parse(include_str!("../../assets/local-models.toml")).unwrap_or_default();
        Self { models }
    }
}

impl LocalCatalogue {
    /// The table with the user's own lines.
    ///
    /// # Errors
    ///
    /// The text is no such table: what is wrong, as the parser says it.
    pub fn with_user_table(text: &str) -> Result<Self, String> {
        let mut all = Self::default();
        for own in parse(text)? {
            own.model_ref().to_string().parse::<ModelRef>()?;
            let is_same = |row: &&mut LocalModelRow| row.model_ref() == own.model_ref();
            match all.models.iter_mut().find(is_same) {
                Some(row) => *row = own,
                None => all.models.push(own),
            }
        }
        Ok(all)
    }

    /// The line of this name: short, of the model, or of the repository. `None` if there is none.
    pub fn find(&self, text: &str) -> Option<&LocalModelRow> {
        let wanted = text.parse::<ModelRef>().ok();
        let is_meant = |row: &&LocalModelRow| {
            row.is_called(text) || wanted.as_ref().is_some_and(|wanted| *wanted == row.model_ref())
        };
        self.models.iter().find(is_meant)
    }

    /// What a name means on the Hub: a line of the table, or any repository.
    ///
    /// # Errors
    ///
    /// It is neither: how to write one.
    pub fn resolve(&self, text: &str) -> Result<ModelRef, &'static str> {
        self.find(text).map_or_else(|| text.parse(), |row| Ok(row.model_ref()))
    }
}

fn parse(text: &str) -> Result<Vec<LocalModelRow>, String> {
    let table: Table = toml::from_str(text).map_err(|error| error.message().to_owned())?;
    Ok(table.model)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_that_comes_along_is_whole() {
        let table = LocalCatalogue::default();
        assert!(table.models.len() >= 6);
        for row in &table.models {
            let name = row.model_ref().to_string();
            assert_eq!(name.parse(), Ok(row.model_ref()), "{name}");
            assert!(
                row.bytes > 500_000_000 && row.kv_bytes > 1_000 && row.context >= 16_384,
                "{name}"
            );
            assert!(!row.licence.is_empty(), "{name}");
        }
        let design = table.find("codellama/CodeLlama-7b-Instruct-hf").unwrap();
        assert_eq!(design.template.as_deref(), Some("llama2"), "its file has no template");
    }

    #[test]
    fn a_model_is_found_by_each_of_its_names() {
        let table = LocalCatalogue::default();
        for name in [
            "qwen2.5-coder-7b",
            "Qwen/Qwen2.5-Coder-7B-Instruct",
            "Qwen/Qwen2.5-Coder-7B-Instruct:cheapest",
            "Qwen/Qwen2.5-Coder-7B-Instruct-GGUF",
            "hf.co/Qwen/Qwen2.5-Coder-7B-Instruct-GGUF:Q4_K_M",
        ] {
            let model = table.resolve(name).unwrap().to_string();
            assert_eq!(model, "Qwen/Qwen2.5-Coder-7B-Instruct-GGUF:Q4_K_M", "{name}");
        }
        assert_eq!(table.find("Qwen/Qwen2.5-Coder-7B-Instruct-GGUF:Q8_0"), None);
        assert_eq!(table.resolve("o/m:Q8_0").unwrap().to_string(), "o/m:Q8_0");
        assert!(table.resolve("gpt").is_err());
    }

    #[test]
    fn the_user_s_lines_replace_and_add() {
        let row = |repository: &str| {
            format!(
                "[[model]]\nname = \"Mine\"\nrepository = \"{repository}\"\nquantisation = \"Q4_K_M\"\n\
                 bytes = 1000000000\nkv_bytes = 30000\ncontext = 8192\nlicence = \"MIT\"\n"
            )
        };
        let usual = LocalCatalogue::default().models.len();
        let added = LocalCatalogue::with_user_table(&row("me/mine")).unwrap();
        assert_eq!((added.models.len(), added.find("mine").unwrap().context), (usual + 1, 8_192));
        let same =
            LocalCatalogue::with_user_table(&row("Qwen/Qwen2.5-Coder-3B-Instruct-GGUF")).unwrap();
        assert_eq!((same.models.len(), same.find("mine").is_some()), (usual, true));
        for bad in ["[[model]]\nname = \"x\"", "models = 3", &row("../../x"), "["] {
            assert!(LocalCatalogue::with_user_table(bad).is_err(), "{bad}");
        }
    }
}
