//! Slow work, away from the thread that decides and draws.

/// Runs the work on a thread of its own.
///
/// # Errors
///
/// The work panicked; the text says so.
#[expect(clippy::disallowed_methods, reason = "the driver is where work starts")]
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, String> {
    tokio::task::spawn_blocking(work).await.map_err(|e| e.to_string())
}
