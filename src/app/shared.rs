//! What all jobs of a session share: request counters, spending, and the edit forms of models.

use std::collections::BTreeMap;
use std::time::Instant;

use super::credits::ReportedCredits;
use super::edit_forms::EditFormRecord;
use super::ids::JobId;
use super::model_records::ModelRecords;
use crate::inference::limits::{LimitReached, RequestCounters, RequestLimits};
use crate::inference::{CompletionRequest, RequestAdjustment, TokenUsage};

/// Changes of one request that servers may ask for. Each must change something, so that this ends
/// sooner with an honest server: the name of a limit, the system message, sampling, the stream.
pub(super) const MAX_ADJUSTMENTS: u32 = 4;

/// Facts that each job reads and adds to.
#[derive(Debug, Clone)]
pub struct SharedFacts {
    pub counters: RequestCounters,
    pub(super) ledger_mode: LedgerMode,
    /// In which form models managed to change games.
    pub forms: EditFormRecord,
    /// What models came to before.
    pub records: ModelRecords,
    /// What HuggingFace said was spent, once it was asked.
    pub reported_credits: Option<ReportedCredits>,
    /// Tells the jobs of this session from those of others, in the library.
    session_key: u64,
    /// Parameters that the server of a model has refused.
    refused_parameters: BTreeMap<String, Vec<String>>,
    pub(super) random: SplitMix64,
}

/// What decides whether a request may be sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum LedgerMode {
    /// The ledger on disk, for all processes of the user.
    #[default]
    Shared,
    /// It cannot be used: the counters of this process.
    Local,
}

impl SharedFacts {
    /// `seed` seeds the jitter of waits.
    pub(super) fn new(seed: u64) -> Self {
        Self {
            counters: RequestCounters::default(),
            ledger_mode: LedgerMode::default(),
            forms: EditFormRecord::default(),
            records: ModelRecords::default(),
            reported_credits: None,
            session_key: SplitMix64(seed).next(),
            refused_parameters: BTreeMap::new(),
            random: SplitMix64(seed),
        }
    }

    /// Whether a request may be sent as far as this process knows. The ledger decides later.
    ///
    /// # Errors
    ///
    /// The limit that is reached, where there is no ledger.
    pub(super) fn admit(&self, limits: &RequestLimits, now: Instant) -> Result<(), LimitReached> {
        match self.ledger_mode {
            LedgerMode::Shared => Ok(()),
            LedgerMode::Local => self.counters.admit(limits, now),
        }
    }

    /// The ledger has answered, so it is available, perhaps again.
    pub(super) fn count_together(&mut self, counters: RequestCounters) {
        self.ledger_mode = LedgerMode::Shared;
        self.counters = counters;
    }

    /// The key of a job in the library: no other session has it.
    pub(super) fn job_key(&self, id: JobId) -> String {
        format!("{:016x}-{}", self.session_key, id.0)
    }

    /// Changes a request as its server asks. What that refuses is not sent to it again in this session.
    pub(super) fn adjust(
        &mut self,
        request: &mut CompletionRequest,
        adjustment: &RequestAdjustment,
    ) {
        if let RequestAdjustment::OmitParameters(names) = adjustment {
            let refused = self.refused_parameters.entry(request.model.clone()).or_default();
            refused.extend_from_slice(names);
        }
        request.adjust(adjustment.clone());
    }

    /// The parameters that the server of this model has refused.
    pub(super) fn refused_parameters(&self, model: &str) -> &[String] {
        self.refused_parameters.get(model).map_or(&[], Vec::as_slice)
    }

    /// Adds the price of a reply, where it is known.
    pub(super) fn spend(&mut self, request: &CompletionRequest, usage: Option<TokenUsage>) {
        if let Some(usd) = usage.and_then(|usage| request.estimated_usd(usage)) {
            self.counters.add_spent(usd);
        }
    }
}

/// A small random generator, so that a replayed history draws the same numbers.
///
/// splitmix64 (Steele, Lea, Flood 2014); spreading requests needs no more.
#[derive(Debug, Clone)]
pub(super) struct SplitMix64(u64);

impl SplitMix64 {
    /// A number from 0 to 1.
    pub fn next_f64(&mut self) -> f64 {
        f64::from(self.next_u32()) / f64::from(u32::MAX)
    }

    /// The next 32 random bits.
    pub fn next_u32(&mut self) -> u32 {
        u32::try_from(self.next() >> 32).unwrap_or_default()
    }

    /// The next 128 random bits.
    pub fn next_u128(&mut self) -> u128 {
        u128::from(self.next()) << 64 | u128::from(self.next())
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}
