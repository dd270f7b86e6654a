//! Downloads one large file, from any offset, piece by piece.
//!
//! The Hub redirects to a store of another host. The redirection is followed, but the token stays with
//! the server it is for.

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use reqwest::header;

use super::connect::unsupported_encoding;
use super::{
    ErrorCause, InferenceClient, InferenceError, MAX_ERROR_BYTES, PermanentCause, Timeouts,
    TransientCause, now, parse_refusal, response_head, timeout_error,
};
use crate::inference::Endpoint;
use crate::secret::redact;
use crate::untrusted::Untrusted;

/// The Hub redirects once, and once more for a repository that was renamed.
const MAX_REDIRECTIONS: usize = 5;

/// The rest of a file, as it arrives.
pub struct FileStream {
    /// Where the first piece belongs: what was asked for, or 0 if the server sends the whole file.
    pub offset: u64,
    bytes: BoxStream<'static, reqwest::Result<Bytes>>,
    client: InferenceClient,
}

impl InferenceClient {
    /// Asks for the file at `address`, from `offset` on.
    ///
    /// # Errors
    ///
    /// The connection fails, the status is neither 2xx nor a redirection that can be followed, or
    /// nothing arrives in time.
    pub async fn download(&self, address: &str, offset: u64) -> Result<FileStream, InferenceError> {
        let opened = self.follow(address, offset).await;
        opened.map_err(|mut error| {
            error.message = Untrusted::new(redact(error.message.raw()));
            error
        })
    }

    /// Posts a question (JSON), and returns the answer as it arrives. For long answers that are no
    /// completions.
    ///
    /// # Errors
    ///
    /// The connection fails, the status is not 2xx, or nothing arrives in time.
    pub async fn post_for_stream(
        &self,
        address: &str,
        question: String,
    ) -> Result<FileStream, InferenceError> {
        let request = self.http.post(address).body(question);
        let response = self.send_for_stream(request).await?;
        self.stream_of(response, 0).await
    }

    async fn follow(&self, address: &str, offset: u64) -> Result<FileStream, InferenceError> {
        let (mut client, mut address) = (self.clone(), address.to_owned());
        for _ in 0..=MAX_REDIRECTIONS {
            let response = client.request_file(&address, offset).await?;
            let Some(location) = redirection(&response) else {
                return client.stream_of(response, offset).await;
            };
            let target = client.endpoint.redirected(&address, &location);
            let target = target
                .ok_or_else(|| redirected("the address redirects to one that is not safe"))?;
            target.as_address().clone_into(&mut address);
            client = client.for_target(target)?;
        }
        Err(redirected("the address redirects too often"))
    }

    /// A client for the target of a redirection: with the token only where it was with it before.
    fn for_target(&self, target: Endpoint) -> Result<Self, InferenceError> {
        if self.endpoint.is_origin_of(&target) {
            return Ok(self.clone());
        }
        Self::new(target, self.timeouts, None, None)
    }

    async fn request_file(
        &self,
        address: &str,
        offset: u64,
    ) -> Result<reqwest::Response, InferenceError> {
        let mut request = self.http.get(address).header(header::ACCEPT, "*/*");
        if offset > 0 {
            request = request.header(header::RANGE, format!("bytes={offset}-"));
        }
        self.send_for_stream(request).await
    }

    async fn send_for_stream(
        &self,
        request: reqwest::RequestBuilder,
    ) -> Result<reqwest::Response, InferenceError> {
        let Timeouts { first_byte, .. } = self.timeouts;
        match tokio::time::timeout(first_byte, request.send()).await {
            Err(_) => Err(timeout_error(first_byte, "no response")),
            Ok(sent) => sent.map_err(|error| self.connection_error(&error)),
        }
    }

    async fn stream_of(
        &self,
        response: reqwest::Response,
        offset: u64,
    ) -> Result<FileStream, InferenceError> {
        if let Some(error) = unsupported_encoding(&response) {
            return Err(error);
        }
        let head = response_head(&response);
        let client = self.clone();
        match head.status {
            206 => {
                let offset = content_start(&response).unwrap_or(offset);
                let bytes = response.bytes_stream().boxed();
                return Ok(FileStream { offset, bytes, client });
            }
            // There is nothing after the offset: the file is whole already, or another one.
            416 => {
                let bytes = futures_util::stream::empty().boxed();
                return Ok(FileStream { offset, bytes, client });
            }
            200..300 => {
                let bytes = response.bytes_stream().boxed();
                return Ok(FileStream { offset: 0, bytes, client });
            }
            _ => {}
        }
        let (body, _) = self.read_body(response.bytes_stream(), MAX_ERROR_BYTES).await;
        Err(parse_refusal(&head, &body, now()))
    }
}

impl FileStream {
    /// The next piece. `None` at the end of the answer, whether or not the file is whole.
    ///
    /// # Errors
    ///
    /// The connection is lost, or nothing arrives in time.
    pub async fn next(&mut self) -> Result<Option<Bytes>, InferenceError> {
        let idle = self.client.timeouts.idle;
        match tokio::time::timeout(idle, self.bytes.next()).await {
            Err(_) => Err(timeout_error(idle, "nothing received")),
            Ok(None) => Ok(None),
            Ok(Some(Ok(bytes))) => Ok(Some(bytes)),
            Ok(Some(Err(error))) => Err(InferenceError {
                cause: ErrorCause::Transient(TransientCause::Dropped),
                ..self.client.connection_error(&error)
            }),
        }
    }
}

impl std::fmt::Debug for FileStream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FileStream").field("offset", &self.offset).finish_non_exhaustive()
    }
}

fn redirection(response: &reqwest::Response) -> Option<String> {
    let location = response.headers().get(header::LOCATION)?.to_str().ok()?;
    response.status().is_redirection().then(|| location.to_owned())
}

/// The first number of `Content-Range: bytes 10-99/100`.
fn content_start(response: &reqwest::Response) -> Option<u64> {
    let range = response.headers().get(header::CONTENT_RANGE)?.to_str().ok()?;
    range.trim().strip_prefix("bytes ")?.split('-').next()?.trim().parse().ok()
}

fn redirected(why: &str) -> InferenceError {
    InferenceError::local(ErrorCause::Permanent(PermanentCause::Redirected), why)
}
