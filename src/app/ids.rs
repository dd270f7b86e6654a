//! The ids of jobs, of tasks that belong to none, and of open versions.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// One job, or one task of the session that belongs to none. Unique in the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(pub u64);

/// Allocates ids. Clones share the counter, so that all sessions of a process have unique ids.
#[derive(Debug, Clone, Default)]
pub struct JobIds(Arc<AtomicU64>);

impl JobIds {
    /// An id that was never given before, from 1.
    pub fn next(&self) -> JobId {
        JobId(self.0.fetch_add(1, Ordering::Relaxed) + 1)
    }
}

/// Tells contents apart: an id, and how often the job of this id has begun anew.
pub type Revision = (JobId, u32);
