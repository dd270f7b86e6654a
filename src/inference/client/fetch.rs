//! Reads one small document from a server: what it serves, who somebody is.

use std::time::Duration;

use reqwest::header;

use super::connect::encoded;
use super::{Client, LARGEST_ERROR, Trouble, head, late, now, refusal};
use crate::secret::redact;
use crate::untrusted::Untrusted;

impl Client {
    /// What stands at this address, of at most so many bytes. Nothing is asked twice, no
    /// redirection is followed, and all of it comes within `patience`.
    pub async fn fetch(
        &self,
        address: &str,
        most: usize,
        patience: Duration,
    ) -> Result<String, Trouble> {
        self.within(patience, self.http.get(address), most).await
    }

    /// The same for a question that needs a body, which is JSON. It is none to a model.
    pub async fn post(
        &self,
        address: &str,
        question: String,
        most: usize,
        patience: Duration,
    ) -> Result<String, Trouble> {
        self.within(patience, self.http.post(address).body(question), most).await
    }

    async fn within(
        &self,
        patience: Duration,
        request: reqwest::RequestBuilder,
        most: usize,
    ) -> Result<String, Trouble> {
        let fetched = tokio::time::timeout(patience, self.get(request, most)).await;
        let fetched = fetched.unwrap_or_else(|_| Err(late(patience, "no answer")));
        fetched.map_err(|mut trouble| {
            trouble.said = Untrusted::new(redact(trouble.said.raw()));
            trouble
        })
    }

    async fn get(&self, request: reqwest::RequestBuilder, most: usize) -> Result<String, Trouble> {
        let sent = request.header(header::ACCEPT, "application/json").send();
        let response = sent.await.map_err(|e| self.unreachable(&e))?;
        if let Some(trouble) = encoded(&response) {
            return Err(trouble);
        }
        let head = head(&response);
        let is_good = (200..300).contains(&head.status);
        let most = if is_good { most } else { LARGEST_ERROR };
        let (body, trouble) = self.collect(response.bytes_stream(), most).await;
        match trouble {
            Some(trouble) if is_good => Err(trouble),
            _ if is_good => Ok(body),
            _ => Err(refusal(&head, &body, now())),
        }
    }
}
