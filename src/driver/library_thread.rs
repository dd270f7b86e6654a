//! The one thread that owns the library. It executes one call after the other.
//!
//! It starts, and the file is opened, with the first call: never before the
//! first frame. Where the library cannot be opened every call is answered with
//! the reason, and its caller goes on without the library.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use crate::library::{Library, LibraryError};

type LibraryCall = Box<dyn FnOnce(&mut LibraryWorker) + Send>;

/// The way to the library from anywhere.
#[derive(Debug)]
pub(super) struct LibraryHandle {
    home: PathBuf,
    running: Mutex<Option<LibraryThread>>,
}

/// The thread, once it was needed.
#[derive(Debug)]
struct LibraryThread {
    calls: Sender<LibraryCall>,
    thread: JoinHandle<()>,
}

/// The state of the thread: the library, or why there is none.
struct LibraryWorker {
    home: PathBuf,
    library: Option<Result<Library, LibraryError>>,
}

impl LibraryHandle {
    /// A handle for the library in this folder. The thread starts with the first call.
    pub fn new(home: PathBuf) -> Self {
        Self { home, running: Mutex::new(None) }
    }

    /// Has the library's thread do something, and waits for its answer.
    ///
    /// # Errors
    ///
    /// The library cannot be opened, the thread is gone, or the work fails.
    pub async fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Library) -> Result<T, LibraryError> + Send + 'static,
    ) -> Result<T, LibraryError> {
        let (reply_sender, reply) = oneshot::channel();
        self.enqueue(Box::new(move |worker| {
            // Nobody may be waiting any more.
            drop(reply_sender.send(worker.library().and_then(work)));
        }));
        let crashed = || LibraryError::Failed {
            path: self.home.join("library.db"),
            why: "its thread crashed".to_owned(),
        };
        reply.await.unwrap_or_else(|_| Err(crashed()))
    }

    /// Runs work without waiting for it. A failure is dropped: there is nothing left to do about it.
    pub fn tell(
        &self,
        work: impl FnOnce(&mut Library) -> Result<(), LibraryError> + Send + 'static,
    ) {
        self.enqueue(Box::new(move |worker| drop(worker.library().and_then(work))));
    }

    fn enqueue(&self, call: LibraryCall) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let running = running.get_or_insert_with(|| LibraryThread::open(self.home.clone()));
        // The thread ends only with the handle.
        drop(running.calls.send(call));
    }
}

impl Drop for LibraryHandle {
    /// Finishes the queued work before the program ends.
    fn drop(&mut self) {
        let running = self.running.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(LibraryThread { calls, thread }) = running.take() {
            drop(calls);
            // The last call may have held the handle: no thread waits for itself.
            if thread.thread().id() != std::thread::current().id() {
                drop(thread.join());
            }
        }
    }
}

impl LibraryThread {
    #[expect(clippy::disallowed_methods, reason = "the driver is where work starts")]
    fn open(home: PathBuf) -> Self {
        let (calls, call_receiver) = channel();
        let thread = std::thread::spawn(move || {
            serve(LibraryWorker { home, library: None }, &call_receiver);
        });
        Self { calls, thread }
    }
}

fn serve(mut worker: LibraryWorker, calls: &Receiver<LibraryCall>) {
    for call in calls {
        // A transaction that was broken off is undone, so the next call finds all as it was.
        drop(catch_unwind(AssertUnwindSafe(|| call(&mut worker))));
    }
}

impl LibraryWorker {
    /// The library, opened at the first time, and again where it was only locked.
    fn library(&mut self) -> Result<&mut Library, LibraryError> {
        let is_transient = matches!(&self.library, Some(Err(error)) if error.is_transient());
        if is_transient {
            self.library = None;
        }
        let open = || Library::open(&self.home, &super::process_name());
        self.library.get_or_insert_with(open).as_mut().map_err(|error| error.clone())
    }
}
