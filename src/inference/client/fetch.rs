//! Reads one small document from a server: what it serves, who somebody is.

use std::time::Duration;

use reqwest::header;

use super::{Client, LARGEST_ERROR, Trouble, head, late, now, refusal, unreachable};
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
        let fetched = tokio::time::timeout(patience, self.get(address, most)).await;
        let fetched = fetched.unwrap_or_else(|_| Err(late(patience, "no answer")));
        fetched.map_err(|mut trouble| {
            trouble.said = Untrusted::new(redact(trouble.said.raw()));
            trouble
        })
    }

    async fn get(&self, address: &str, most: usize) -> Result<String, Trouble> {
        let get = self.http.get(address).header(header::ACCEPT, "application/json").send();
        let response = get.await.map_err(|e| unreachable(&e))?;
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
