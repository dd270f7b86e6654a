//! Which models fit a machine, how long their context can be, and which one to take.

use super::catalogue::{LocalCatalogue, LocalModelRow};
use super::machine::MachineResources;

/// The contexts to choose from, the longest first. A question for a new game takes about 2,500 tokens
/// and a game up to 8,000; a change sends the game again.
const CONTEXTS: [u32; 4] = [32_768, 24_576, 16_384, 8_192];

/// What a server takes beside weights and context: its buffers, its program. llama.cpp's server with
/// a model of 1.5 B took 0.35 GB at 8,192 tokens, in November 2026.
const SERVER_BYTES: u64 = 500_000_000;

/// Tokens a second below which a game takes more than ten minutes: not recommended.
const SLOWEST: f64 = 4.0;

/// Bytes that one processor core reads a second while it computes tokens: with two cores the model
/// of 1.1 GB came to nine tokens a second, in November 2026. More cores share the memory.
const CORE_BYTES_A_SECOND: f64 = 5e9;
const MAX_CORES: usize = 8;

/// What a model takes of memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemoryPlan {
    /// The size of the weights.
    pub bytes: u64,
    /// For each token of context.
    pub kv_bytes: u64,
    /// The longest context that it was trained for, in tokens.
    pub max_context: u32,
}

impl MemoryPlan {
    /// What a server takes with this context, in bytes.
    pub fn need(&self, context: u32) -> u64 {
        self.bytes + self.kv_bytes * u64::from(context) + SERVER_BYTES
    }

    /// What it takes at least.
    pub fn least(&self) -> u64 {
        self.need(self.shortest())
    }

    fn shortest(&self) -> u32 {
        let [.., shortest] = CONTEXTS;
        shortest.min(self.max_context)
    }

    /// The longest context that the memory has room for. `None` if there is none.
    pub fn context_for(&self, memory: u64) -> Option<u32> {
        let usable = CONTEXTS.into_iter().map(|context| context.min(self.max_context));
        usable.into_iter().find(|context| self.need(*context) <= memory)
    }

    /// The context to take where memory is not to decide.
    pub fn shortest_context(&self) -> u32 {
        self.shortest()
    }
}

impl LocalModelRow {
    /// What it takes of memory.
    pub fn memory(&self) -> MemoryPlan {
        MemoryPlan { bytes: self.bytes, kv_bytes: self.kv_bytes, max_context: self.context }
    }

    /// About how many tokens a second it makes without a graphics card.
    pub fn tokens_a_second(&self, processors: usize) -> f64 {
        let cores = u32::try_from(processors.clamp(1, MAX_CORES)).unwrap_or(1);
        #[expect(clippy::cast_precision_loss, reason = "an estimate")]
        let bytes = self.active.unwrap_or(self.bytes).max(1) as f64;
        f64::from(cores) * CORE_BYTES_A_SECOND / bytes
    }

    /// Whether it fits a machine.
    pub fn fit(&self, machine: &MachineResources) -> Fit {
        let plan = self.memory();
        match plan.context_for(machine.free_memory) {
            Some(context) if self.tokens_a_second(machine.processors) < SLOWEST => {
                Fit::Slow { context }
            }
            Some(context) => Fit::Good { context },
            None if plan.least() <= machine.memory => Fit::NotNow { need: plan.least() },
            None => Fit::TooBig { need: plan.least() },
        }
    }
}

/// Whether a model fits a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// It does, with this context in tokens.
    Good { context: u32 },
    /// It does, and takes its time where no graphics card helps.
    Slow { context: u32 },
    /// Other programs have the memory; so many bytes are needed.
    NotNow { need: u64 },
    /// The machine has not so many bytes at all.
    TooBig { need: u64 },
}

impl Fit {
    /// Whether it can be started now.
    pub fn is_possible(self) -> bool {
        matches!(self, Self::Good { .. } | Self::Slow { .. })
    }
}

impl LocalCatalogue {
    /// Of these models the one to take on this machine: the best that fits and is fast enough, else
    /// the smallest. `None` if there are none.
    pub fn recommended(
        &self,
        machine: &MachineResources,
        is_candidate: impl Fn(&LocalModelRow) -> bool,
    ) -> Option<&LocalModelRow> {
        let rows: Vec<_> = self.models.iter().filter(|row| is_candidate(row)).collect();
        let is_good = |row: &&&LocalModelRow| matches!(row.fit(machine), Fit::Good { .. });
        let best = rows.iter().rev().find(is_good);
        best.or_else(|| rows.iter().min_by_key(|row| row.bytes)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine(memory: u64, free_memory: u64, processors: usize) -> MachineResources {
        let gigabyte = 1_000_000_000;
        MachineResources {
            memory: memory * gigabyte,
            free_memory: free_memory * gigabyte,
            processors,
        }
    }

    #[test]
    fn memory_and_cores_say_what_to_take() {
        let table = LocalCatalogue::default();
        let taken = |free, cores| {
            let row = table.recommended(&machine(64, free, cores), |_| true);
            row.unwrap().name.as_str()
        };
        for (free, cores, expected) in [
            (1, 8, "Qwen2.5-Coder-1.5B"),
            (3, 2, "Qwen2.5-Coder-1.5B"),
            (4, 4, "Qwen2.5-Coder-1.5B"),
            (8, 8, "Qwen2.5-Coder-7B"),
            (14, 8, "Qwen2.5-Coder-14B"),
            (32, 8, "Qwen3-Coder-30B-A3B"),
            (8, 1, "Qwen2.5-Coder-1.5B"),
        ] {
            assert_eq!(taken(free, cores), expected, "{free} GB, {cores} cores");
        }
    }

    #[test]
    fn the_context_is_as_long_as_the_memory_allows() {
        let plan = MemoryPlan { bytes: 4_700_000_000, kv_bytes: 57_344, max_context: 32_768 };
        let context = |tenths: u64| plan.context_for(tenths * 100_000_000);
        assert_eq!(context(80), Some(32_768));
        assert_eq!(context(63), Some(16_384));
        assert_eq!(context(57), Some(8_192));
        assert_eq!(context(55), None);
        let short = MemoryPlan { max_context: 4_096, ..plan };
        assert_eq!(short.context_for(9_000_000_000), Some(4_096));
        assert_eq!(short.shortest_context(), 4_096);
    }

    #[test]
    fn what_does_not_fit_says_what_it_needs() {
        let table = LocalCatalogue::default();
        let row = table.find("Qwen2.5-Coder-14B").unwrap();
        assert!(
            matches!(row.fit(&machine(32, 4, 8)), Fit::NotNow { need } if need > 10_000_000_000)
        );
        assert!(matches!(row.fit(&machine(8, 6, 8)), Fit::TooBig { .. }));
        assert!(matches!(row.fit(&machine(32, 24, 2)), Fit::Slow { context: 32_768 }));
    }
}
