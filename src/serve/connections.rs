//! Tracks open connections and selects the one to close for a new one.
//!
//! Every program of the machine can reach a server on loopback, and one that opens idle connections
//! could take all slots. So if none is free, the connection that has been idle longest is closed.
//! Bytes without a complete request count as idle. A connection whose request is being answered,
//! event streams included, is never closed for another.

use std::collections::BTreeMap;

/// The maximum of open connections: a page needs two.
pub(super) const MAX_CONNECTIONS: usize = 64;

/// Identifies an open connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ConnectionId(u64);

/// The open connections, each with the handle that closes it.
#[derive(Debug)]
pub(super) struct ConnectionTable<H> {
    insert: BTreeMap<ConnectionId, OpenConnection<H>>,
    /// A logical clock: lower turns are older.
    turn: u64,
}

#[derive(Debug)]
struct OpenConnection<H> {
    handle: H,
    activity: ConnectionActivity,
}

/// The activity of a connection, in the order of eviction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum ConnectionActivity {
    /// No complete request since this turn.
    Silent(u64),
    /// The last request was answered at this turn.
    Answered(u64),
    Busy,
}

impl<H> ConnectionTable<H> {
    /// No connections yet.
    pub fn new() -> Self {
        Self { insert: BTreeMap::new(), turn: 0 }
    }

    /// Adds a connection without a request.
    pub fn open(&mut self, handle: H) -> ConnectionId {
        let turn = self.next_turn();
        let id = ConnectionId(turn);
        self.insert
            .insert(id, OpenConnection { handle, activity: ConnectionActivity::Silent(turn) });
        id
    }

    /// Marks a connection as busy: a complete request arrived.
    pub fn request_began(&mut self, id: ConnectionId) {
        self.set_activity(id, ConnectionActivity::Busy);
    }

    /// Marks a connection as idle: its response was sent.
    pub fn request_ended(&mut self, id: ConnectionId) {
        let turn = self.next_turn();
        self.set_activity(id, ConnectionActivity::Answered(turn));
    }

    /// Forgets a connection that has ended.
    pub fn remove(&mut self, id: ConnectionId) {
        self.insert.remove(&id);
    }

    /// Whether a new connection would find a slot, a free one or by eviction.
    pub fn has_room(&self) -> bool {
        self.insert.len() < MAX_CONNECTIONS || self.next_to_evict().is_some()
    }

    /// Removes the connection to close before another is added; `None` if a slot is free or all are
    /// busy.
    pub fn evict(&mut self) -> Option<H> {
        if self.insert.len() < MAX_CONNECTIONS {
            return None;
        }
        let id = self.next_to_evict()?;
        self.insert.remove(&id).map(|connection| connection.handle)
    }

    fn next_to_evict(&self) -> Option<ConnectionId> {
        let waiting =
            self.insert.iter().filter(|(_, open)| open.activity != ConnectionActivity::Busy);
        waiting.min_by_key(|(_, open)| open.activity).map(|(id, _)| *id)
    }

    fn set_activity(&mut self, id: ConnectionId, activity: ConnectionActivity) {
        if let Some(connection) = self.insert.get_mut(&id) {
            connection.activity = activity;
        }
    }

    fn next_turn(&mut self) -> u64 {
        self.turn += 1;
        self.turn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full() -> (ConnectionTable<usize>, Vec<ConnectionId>) {
        let mut table = ConnectionTable::new();
        let ids = (0..MAX_CONNECTIONS).map(|handle| table.open(handle)).collect();
        (table, ids)
    }

    #[test]
    fn nobody_gives_way_while_there_are_places() {
        let mut table = ConnectionTable::new();
        table.open(0);
        assert!(table.has_room());
        assert_eq!(table.evict(), None);
    }

    #[test]
    fn the_longest_silent_gives_way_first_and_the_answered_after_the_silent() {
        let (mut table, ids) = full();
        for id in &ids[..2] {
            table.request_began(*id);
        }
        table.request_ended(ids[1]);
        table.request_ended(ids[0]);
        let mut evicted = Vec::new();
        for newcomer in 0..MAX_CONNECTIONS {
            evicted.extend(table.evict());
            let id = table.open(1_000 + newcomer);
            table.request_began(id);
        }
        let silent = 2..MAX_CONNECTIONS;
        assert_eq!(evicted, silent.chain([1, 0]).collect::<Vec<_>>());
    }

    #[test]
    fn whoever_is_answered_or_listens_stays() {
        let (mut table, ids) = full();
        for id in &ids {
            table.request_began(*id);
        }
        assert!(!table.has_room());
        assert_eq!(table.evict(), None);
        table.request_ended(ids[7]);
        assert!(table.has_room());
        table.remove(ids[3]);
        assert_eq!(table.evict(), None);
    }

    #[test]
    fn what_is_told_of_a_closed_connection_changes_nothing() {
        let (mut table, ids) = full();
        table.remove(ids[0]);
        table.request_ended(ids[0]);
        assert_eq!(table.insert.len(), MAX_CONNECTIONS - 1);
    }
}
