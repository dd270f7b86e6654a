//! The one thread that owns the library. Orders go in; each is done before the next.
//!
//! It starts, and the file is opened, with the first order: never before the
//! first frame. Where the library cannot be opened every order is answered with
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
    desk: Mutex<Option<LibraryThread>>,
}

/// The thread, once it was needed.
#[derive(Debug)]
struct LibraryThread {
    orders: Sender<LibraryCall>,
    thread: JoinHandle<()>,
}

/// The state of the thread: the library, or why there is none.
struct LibraryWorker {
    home: PathBuf,
    library: Option<Result<Library, LibraryError>>,
}

impl LibraryHandle {
    pub fn new(home: PathBuf) -> Self {
        Self { home, desk: Mutex::new(None) }
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
        let (answer, answered) = oneshot::channel();
        self.order(Box::new(move |room| {
            // Nobody may be waiting any more.
            drop(answer.send(room.library().and_then(work)));
        }));
        let broke = || LibraryError::Failed {
            path: self.home.join("library.db"),
            why: "its thread crashed".to_owned(),
        };
        answered.await.unwrap_or_else(|_| Err(broke()))
    }

    /// Runs work without waiting for it. A failure is dropped: there is nothing left to do about it.
    pub fn tell(
        &self,
        work: impl FnOnce(&mut Library) -> Result<(), LibraryError> + Send + 'static,
    ) {
        self.order(Box::new(move |room| drop(room.library().and_then(work))));
    }

    fn order(&self, order: LibraryCall) {
        let mut desk = self.desk.lock().unwrap_or_else(PoisonError::into_inner);
        let desk = desk.get_or_insert_with(|| LibraryThread::open(self.home.clone()));
        // The thread ends only with the books.
        drop(desk.orders.send(order));
    }
}

impl Drop for LibraryHandle {
    /// Finishes the queued work before the program ends.
    fn drop(&mut self) {
        let desk = self.desk.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(LibraryThread { orders, thread }) = desk.take() {
            drop(orders);
            // The last order may have held the books: no thread waits for itself.
            if thread.thread().id() != std::thread::current().id() {
                drop(thread.join());
            }
        }
    }
}

impl LibraryThread {
    #[expect(clippy::disallowed_methods, reason = "the driver is where work starts")]
    fn open(home: PathBuf) -> Self {
        let (orders, ordered) = channel();
        let thread =
            std::thread::spawn(move || serve(LibraryWorker { home, library: None }, &ordered));
        Self { orders, thread }
    }
}

fn serve(mut room: LibraryWorker, orders: &Receiver<LibraryCall>) {
    for order in orders {
        // A transaction that was broken off is undone, so the next order finds all as it was.
        drop(catch_unwind(AssertUnwindSafe(|| order(&mut room))));
    }
}

impl LibraryWorker {
    /// The library, opened at the first time, and again where it was only locked.
    fn library(&mut self) -> Result<&mut Library, LibraryError> {
        let passes = matches!(&self.library, Some(Err(error)) if error.is_transient());
        if passes {
            self.library = None;
        }
        let open = || Library::open(&self.home, &super::process_name());
        self.library.get_or_insert_with(open).as_mut().map_err(|error| error.clone())
    }
}
