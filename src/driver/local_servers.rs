//! Looks for model servers on this machine: all usual ports side by side, within a moment.

use std::time::Duration;

use futures_util::future::join_all;

use super::hub_queries::{CacheUse, DEFAULT_TIMEOUT, HubQueries};
use crate::app::Engine;
use crate::config::{LocalSearch, Settings};
use crate::inference::local_server::{LocalProgram, LocalServer, LocalServerKind, LocalServers};
use crate::inference::models::{MAX_LIST_BYTES, MAX_PROPS_BYTES};
use crate::inference::{
    CachedCatalogue, Catalogue, Endpoint, InferenceClient, InferenceError, Timeouts,
};

/// How long a server on this machine has to answer.
const SEARCH_TIMEOUT: Duration = Duration::from_millis(300);

/// Looks for servers at the usual ports and those that the settings name. Nothing leaves this machine:
/// no proxy is used, and no token is sent.
pub async fn find_local_servers(search: &LocalSearch) -> LocalServers {
    let found = join_all(search.addresses().into_iter().map(probe)).await;
    let mut found: Vec<_> = found.into_iter().flatten().collect();
    found.sort_by_key(|server| (server.models.is_empty(), server.kind));
    let programs = if found.is_empty() { programs(search) } else { Vec::new() };
    LocalServers { found, programs, is_unsearched: search.ports.is_empty() }
}

/// What the configured server lists, or why it does not; and what is on this machine. Both are asked
/// side by side.
pub async fn list_models(
    settings: &Settings,
    cache_use: CacheUse,
) -> (Result<CachedCatalogue, InferenceError>, LocalServers) {
    let hub = HubQueries::new(settings);
    if settings.inference.engine.value == Engine::Local {
        let none = Catalogue { models: Vec::new() };
        let listed = CachedCatalogue { catalogue: none, age: Duration::ZERO, refresh_error: None };
        return (Ok(listed), find_local_servers(&settings.local).await);
    }
    let listed = hub.models(cache_use, DEFAULT_TIMEOUT);
    tokio::join!(listed, find_local_servers(&settings.local))
}

/// Whether anything listens there.
async fn is_open(port: u16) -> bool {
    let connected = tokio::net::TcpStream::connect((std::net::Ipv4Addr::LOCALHOST, port));
    tokio::time::timeout(SEARCH_TIMEOUT, connected).await.is_ok_and(|found| found.is_ok())
}

/// Asks one address, `http://127.0.0.1:PORT`. `None` if no model server answers there.
pub(super) async fn probe(root: String) -> Option<LocalServer> {
    let endpoint = Endpoint::on_loopback(&root)?;
    // Most ports are closed, and a client costs more than a look.
    if !is_open(endpoint.port()).await {
        return None;
    }
    let timeouts =
        Timeouts { connect: SEARCH_TIMEOUT, first_byte: SEARCH_TIMEOUT, idle: SEARCH_TIMEOUT };
    let client = InferenceClient::new(endpoint.clone(), timeouts, None, None).ok()?;
    let list = client.fetch(&endpoint.models_address(), MAX_LIST_BYTES, SEARCH_TIMEOUT).await;
    let base_url = format!("{root}/v1");
    let list = match list {
        Ok(list) => list,
        // llama.cpp answers so while it loads (`tools/server/README.md`).
        Err(error)
            if error.status == Some(503) && error.message.raw().contains("Loading model") =>
        {
            return Some(LocalServer::loading(base_url));
        }
        Err(_) => return None,
    };
    let kind = LocalServerKind::recognise(&list, endpoint.port())?;
    let details = kind.detail_routes().iter().map(|route| {
        let address = endpoint.root_address(route);
        let client = &client;
        async move { client.fetch(&address, MAX_PROPS_BYTES, SEARCH_TIMEOUT).await.ok() }
    });
    let details = join_all(details).await;
    LocalServer::parse(kind, base_url, &list, &details)
}

/// The programs on the PATH that serve models.
fn programs(search: &LocalSearch) -> Vec<LocalProgram> {
    let is_there = |program: &LocalProgram| {
        let file = format!("{}{}", program.name(), std::env::consts::EXE_SUFFIX);
        search.path.iter().any(|folder| folder.join(&file).is_file())
    };
    LocalProgram::ALL.into_iter().filter(is_there).collect()
}
