//! Reads one small document from a server: what it serves, who somebody is.

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
    /// What stands at this address, of at most so many bytes. Nothing is asked twice, no
    /// redirection is followed, and all of it comes within `patience`.
    pub async fn fetch(
        &self,
        address: &str,
        most: usize,
        patience: Duration,
    ) -> Result<String, InferenceError> {
        self.send_with_timeout(patience, self.http.get(address), most).await
    }

    /// The same for a question that needs a body, which is JSON. It is none to a model.
    pub async fn post(
        &self,
        address: &str,
        question: String,
        most: usize,
        patience: Duration,
    ) -> Result<String, InferenceError> {
        self.send_with_timeout(patience, self.http.post(address).body(question), most).await
    }

    async fn send_with_timeout(
        &self,
        patience: Duration,
        request: reqwest::RequestBuilder,
        most: usize,
    ) -> Result<String, InferenceError> {
        let fetched = tokio::time::timeout(patience, self.read_document(request, most)).await;
        let fetched = fetched.unwrap_or_else(|_| Err(timeout_error(patience, "no answer")));
        fetched.map_err(|mut trouble| {
            trouble.message = Untrusted::new(redact(trouble.message.raw()));
            trouble
        })
    }

    async fn read_document(
        &self,
        request: reqwest::RequestBuilder,
        most: usize,
    ) -> Result<String, InferenceError> {
        let sent = request.header(header::ACCEPT, "application/json").send();
        let response = sent.await.map_err(|e| self.connection_error(&e))?;
        if let Some(trouble) = unsupported_encoding(&response) {
            return Err(trouble);
        }
        let head = response_head(&response);
        let is_good = (200..300).contains(&head.status);
        let most = if is_good { most } else { MAX_ERROR_BYTES };
        let (body, trouble) = self.read_body(response.bytes_stream(), most).await;
        match trouble {
            Some(trouble) if is_good => Err(trouble),
            _ if is_good => Ok(body),
            _ => Err(parse_refusal(&head, &body, now())),
        }
    }
}
