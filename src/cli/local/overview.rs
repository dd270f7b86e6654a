//! `codeagent local`: what this machine has, which models fit it, which are here, and what runs.

use serde_json::{Value, json};

use super::{LocalOutput, record_json};
use crate::config::Settings;
use crate::driver;
use crate::inference::models::format_tokens;
use crate::local::download::with_unit;
use crate::local::machine::free_disk;
use crate::local::server_record::ServerRecord;
use crate::local::{Fit, LocalError, LocalModelRow, MachineResources, ModelRef};
use crate::untrusted::Untrusted;

/// What is known, at a glance.
struct Overview<'o> {
    settings: &'o Settings,
    machine: MachineResources,
    free_disk: Option<u64>,
    program: Result<std::path::PathBuf, LocalError>,
    rows: Vec<LocalModelRow>,
    /// The number of the row to take.
    recommended: Option<ModelRef>,
    /// What is here, also of models that are not in the table.
    here: Vec<ModelRef>,
    running: Vec<ServerRecord>,
}

/// Looks at everything.
///
/// # Errors
///
/// The user's table of models is invalid.
pub fn overview(settings: &Settings) -> Result<LocalOutput, LocalError> {
    let local = &settings.local_engine;
    let catalogue = local.catalogue()?;
    let machine = MachineResources::read();
    let recommended = catalogue.recommended(&machine, |_| true).map(LocalModelRow::model_ref);
    let overview = Overview {
        settings,
        machine,
        free_disk: free_disk(local.cache.folder()),
        program: driver::find_llama_server(local),
        recommended,
        here: local.cache.models(),
        running: driver::running_servers(&settings.files.home.value),
        rows: catalogue.models,
    };
    Ok(LocalOutput { human: overview.text(), json: overview.json() })
}

impl Overview<'_> {
    fn text(&self) -> String {
        let MachineResources { memory, free_memory, processors } = self.machine;
        let folder = Untrusted::new(self.settings.local_engine.cache.folder().to_string_lossy());
        let disk = self
            .free_disk
            .map(|free| format!(" · {} of disk free in {}", with_unit(free), folder.headline(80)));
        let mut lines = vec![format!(
            "{} of memory, {} free · {processors} processor{}{}",
            with_unit(memory),
            with_unit(free_memory),
            if processors == 1 { "" } else { "s" },
            disk.unwrap_or_default()
        )];
        lines.push(match &self.program {
            Ok(path) => Untrusted::new(path.to_string_lossy()).headline(160),
            Err(error) => format!("{error}. {}", error.advice()),
        });
        lines.push(String::new());
        lines.extend(self.rows.iter().map(|row| self.row_text(row)));
        lines.extend(self.others().map(|model| format!("  {model}  here")));
        lines.push(String::new());
        lines.extend(self.running.iter().map(running_text));
        lines.push(self.next_step());
        lines.join("\n") + "\n"
    }

    /// Models that are here and not in the table.
    fn others(&self) -> impl Iterator<Item = &ModelRef> {
        let is_known = |model: &ModelRef| self.rows.iter().any(|row| row.model_ref() == *model);
        self.here.iter().filter(move |model| !is_known(model))
    }

    fn row_text(&self, row: &LocalModelRow) -> String {
        let model = row.model_ref();
        let sign = if self.recommended.as_ref() == Some(&model) { '▸' } else { ' ' };
        let here = if self.here.contains(&model) { "here · " } else { "" };
        let name = Untrusted::new(row.name.as_str()).headline(24);
        let licence = Untrusted::new(row.licence.as_str()).headline(40);
        format!(
            "{sign} {name:<20} {:>8}  {here}{} · {licence}",
            with_unit(row.bytes),
            self.fit_text(row)
        )
    }

    fn fit_text(&self, row: &LocalModelRow) -> String {
        match row.fit(&self.machine) {
            Fit::Good { context } => format!("fits, context {}", format_tokens(context.into())),
            Fit::Slow { context } => {
                let rate = row.tokens_a_second(self.machine.processors);
                let context = format_tokens(context.into());
                let rate =
                    if rate < 1.5 { "1 token/s".to_owned() } else { format!("{rate:.0} tokens/s") };
                format!("fits, context {context}, slow without a graphics card (about {rate})")
            }
            Fit::NotNow { need } => format!("needs {} of free memory", with_unit(need)),
            Fit::TooBig { need } => format!("too big: needs {} of memory", with_unit(need)),
        }
    }

    fn next_step(&self) -> String {
        let name = |model: &ModelRef| {
            let row = self.rows.iter().find(|row| row.model_ref() == *model);
            row.map_or_else(|| model.to_string(), |row| row.name.clone())
        };
        match (self.running.is_empty(), self.here.is_empty(), &self.recommended) {
            (false, ..) => "`codeagent local stop` ends it.".to_owned(),
            (true, false, _) => {
                "`codeagent local start` starts the best one that is here.".to_owned()
            }
            (true, true, Some(model)) => {
                format!(
                    "`codeagent local pull {}` downloads it, then `codeagent local start`.",
                    name(model)
                )
            }
            (true, true, None) => "None of them fits this machine.".to_owned(),
        }
    }

    fn json(&self) -> Value {
        json!({
            "memory": self.machine.memory,
            "free_memory": self.machine.free_memory,
            "processors": self.machine.processors,
            "free_disk": self.free_disk,
            "folder": self.settings.local_engine.cache.folder().to_string_lossy(),
            "llama_server": self.program.as_ref().ok().map(|path| path.to_string_lossy()),
            "recommended": self.recommended.as_ref().map(ToString::to_string),
            "models": self.rows.iter().map(|row| self.row_json(row)).collect::<Vec<_>>(),
            "others": self.others().map(ToString::to_string).collect::<Vec<_>>(),
            "running": self.running.iter().map(record_json).collect::<Vec<_>>(),
        })
    }

    fn row_json(&self, row: &LocalModelRow) -> Value {
        let (fit, context, need) = match row.fit(&self.machine) {
            Fit::Good { context } => ("good", Some(context), None),
            Fit::Slow { context } => ("slow", Some(context), None),
            Fit::NotNow { need } => ("not-now", None, Some(need)),
            Fit::TooBig { need } => ("too-big", None, Some(need)),
        };
        json!({
            "name": row.name,
            "model": row.model_ref().to_string(),
            "bytes": row.bytes,
            "licence": row.licence,
            "here": self.here.contains(&row.model_ref()),
            "fit": fit,
            "context_length": context,
            "needs": need,
        })
    }
}

fn running_text(record: &ServerRecord) -> String {
    let name = Untrusted::new(record.name.as_str()).headline(120);
    format!("{name} runs at {}/v1", record.root())
}
