//! How many slow tasks run at once.

use std::sync::{Arc, OnceLock};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::parallel::processors;

/// Permits for tasks of one kind; further ones wait their turn.
#[derive(Debug)]
pub(super) struct Permits {
    /// `None`: as many as there are processors.
    max_tasks: Option<usize>,
    semaphore: OnceLock<Arc<Semaphore>>,
}

impl Permits {
    /// At most this many tasks run at once.
    pub fn new(max_tasks: usize) -> Self {
        Self { max_tasks: Some(max_tasks), semaphore: OnceLock::new() }
    }

    /// One task for each processor. They are counted with the first task: the limits of the process
    /// are files to read, which the first frame does not wait for.
    pub fn per_processor() -> Self {
        Self { max_tasks: None, semaphore: OnceLock::new() }
    }

    /// Waits for a permit, which ends when it is dropped. `None` cannot happen: permits are never
    /// taken back.
    pub async fn acquire(&self) -> Option<OwnedSemaphorePermit> {
        let semaphore = self.semaphore.get_or_init(|| Arc::new(Semaphore::new(self.limit())));
        Arc::clone(semaphore).acquire_owned().await.ok()
    }

    fn limit(&self) -> usize {
        self.max_tasks.unwrap_or_else(processors)
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZero;

    use super::*;

    #[test]
    fn each_processor_has_a_task_and_there_is_always_one() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let permits = Permits::per_processor();
        let first = runtime.block_on(permits.acquire());
        assert!(first.is_some());
        let left = permits.semaphore.get().unwrap().available_permits();
        let processors = std::thread::available_parallelism().map_or(1, NonZero::get);
        assert_eq!(left, processors - 1);
        drop(first);
        assert_eq!(permits.semaphore.get().unwrap().available_permits(), processors);
    }
}
