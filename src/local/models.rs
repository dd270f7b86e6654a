//! What the local engine can run: models that are here, and models that fit and can be downloaded.

use super::catalogue::LocalModelRow;
use super::download::with_unit;
use super::fit::Fit;
use super::machine::MachineResources;
use super::model_ref::ModelRef;

/// What the local engine can run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LocalModels {
    /// Whether there is a program that runs models.
    pub has_program: bool,
    /// The models that are here.
    pub here: Vec<DownloadedModel>,
    /// Models that fit this machine and are not here, the one to take first.
    pub offers: Vec<DownloadOffer>,
}

/// A model that is here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DownloadedModel {
    pub model: ModelRef,
    /// The size of its weights.
    pub bytes: u64,
    /// Whether a server that was started here runs it.
    pub is_running: bool,
}

/// A model that can be downloaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DownloadOffer {
    pub model: ModelRef,
    /// Its short name, for people.
    pub name: String,
    /// The size of its weights.
    pub bytes: u64,
    pub licence: String,
    /// Whether it is slow without a graphics card.
    pub is_slow: bool,
}

impl DownloadOffer {
    /// The offer of a line of the table. `None` if it does not fit now.
    pub fn of(row: &LocalModelRow, machine: &MachineResources) -> Option<Self> {
        let is_slow = match row.fit(machine) {
            Fit::Good { .. } => false,
            Fit::Slow { .. } => true,
            Fit::NotNow { .. } | Fit::TooBig { .. } => return None,
        };
        Some(Self {
            model: row.model_ref(),
            name: row.name.clone(),
            bytes: row.bytes,
            licence: row.licence.clone(),
            is_slow,
        })
    }

    /// What is known of it, for people.
    pub fn facts(&self) -> String {
        let slow = if self.is_slow { "slow without a graphics card · " } else { "" };
        format!("download {} · {slow}{} · free", with_unit(self.bytes), self.licence)
    }
}
