//! Fetches one small document from a server: its models, or an account.

use std::time::Duration;

use reqwest::header;

use super::connect::unsupported_encoding;
use super::{
    InferenceClient, InferenceError, MAX_ERROR_BYTES, now, parse_refusal, response_head,
    timeout_error,
};
use crate::secret::redact;
use crate::untrusted::Untrusted;

impl InferenceClient {
    /// Fetches the document at `address`. Does not retry or follow redirects.
    ///
    /// # Errors
    ///
    /// The connection fails, the status is not 2xx, the body is larger than `max_bytes`, or it does
    /// not arrive within `timeout`.
    pub async fn fetch(
        &self,
        address: &str,
        max_bytes: usize,
        timeout: Duration,
    ) -> Result<String, InferenceError> {
        self.send_with_timeout(timeout, self.http.get(address), max_bytes).await
    }

    /// Posts `question` (JSON) and returns the answer's body. Not for completions.
    ///
    /// # Errors
    ///
    /// As [`Self::fetch`].
    pub async fn post(
        &self,
        address: &str,
        question: String,
        max_bytes: usize,
        timeout: Duration,
    ) -> Result<String, InferenceError> {
        self.send_with_timeout(timeout, self.http.post(address).body(question), max_bytes).await
    }

    /// Posts a form, and returns the answer's body also where the status is a refusal: a login answers
    /// so while it waits.
    ///
    /// # Errors
    ///
    /// The connection fails, or the body does not arrive within `timeout`.
    pub async fn post_form(
        &self,
        address: &str,
        form: String,
        max_bytes: usize,
        timeout: Duration,
    ) -> Result<String, InferenceError> {
        let request = self
            .http
            .post(address)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ACCEPT, "application/json")
            .body(form);
        let answered = tokio::time::timeout(timeout, async {
            let response = request.send().await.map_err(|e| self.connection_error(&e))?;
            let (body, error) = self.read_body(response.bytes_stream(), max_bytes).await;
            error.map_or(Ok(body), Err)
        });
        answered.await.unwrap_or_else(|_| Err(timeout_error(timeout, "no response")))
    }

    async fn send_with_timeout(
        &self,
        timeout: Duration,
        request: reqwest::RequestBuilder,
        max_bytes: usize,
    ) -> Result<String, InferenceError> {
        let fetched = tokio::time::timeout(timeout, self.read_document(request, max_bytes)).await;
        let fetched = fetched.unwrap_or_else(|_| Err(timeout_error(timeout, "no response")));
        fetched.map_err(|mut error| {
            error.message = Untrusted::new(redact(error.message.raw()));
            error
        })
    }

    async fn read_document(
        &self,
        request: reqwest::RequestBuilder,
        max_bytes: usize,
    ) -> Result<String, InferenceError> {
        let sent = request.header(header::ACCEPT, "application/json").send();
        let response = sent.await.map_err(|e| self.connection_error(&e))?;
        if let Some(error) = unsupported_encoding(&response) {
            return Err(error);
        }
        let head = response_head(&response);
        let is_good = (200..300).contains(&head.status);
        let max_bytes = if is_good { max_bytes } else { MAX_ERROR_BYTES };
        let (body, error) = self.read_body(response.bytes_stream(), max_bytes).await;
        match error {
            Some(error) if is_good => Err(error),
            _ if is_good => Ok(body),
            _ => Err(parse_refusal(&head, &body, now())),
        }
    }
}
