//! Which connections are open, and which one gives way to a newcomer.
//!
//! A server on loopback can be reached by every program of the machine, and one that opens
//! connections and says nothing would take all places. So a place is kept by asking for something:
//! where none is free, the connection that has been silent longest is closed. Bytes that make no
//! request are silence. What is being answered, or listens for news, is never closed for another.

use std::collections::BTreeMap;

/// No more connections are open at once: a page needs two.
pub(super) const MOST_CONNECTIONS: usize = 64;

/// Names a connection for as long as it is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ConnectionId(u64);

/// The open connections; a handle closes one.
#[derive(Debug)]
pub(super) struct ConnectionTable<H> {
    open: BTreeMap<ConnectionId, Connection<H>>,
    /// Counts what happens: a number is older than every larger one.
    turn: u64,
}

#[derive(Debug)]
struct Connection<H> {
    handle: H,
    activity: Activity,
}

/// In the order in which connections give way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Activity {
    /// It has not sent a complete request, since this turn.
    Silent(u64),
    /// Its last request has been answered, at this turn.
    Answered(u64),
    Busy,
}

impl<H> ConnectionTable<H> {
    pub fn new() -> Self {
        Self { open: BTreeMap::new(), turn: 0 }
    }

    /// Enters a connection that has said nothing yet.
    pub fn open(&mut self, handle: H) -> ConnectionId {
        let turn = self.next_turn();
        let id = ConnectionId(turn);
        self.open.insert(id, Connection { handle, activity: Activity::Silent(turn) });
        id
    }

    /// A complete request has come.
    pub fn request_began(&mut self, id: ConnectionId) {
        self.set(id, Activity::Busy);
    }

    /// Its answer has been sent.
    pub fn request_ended(&mut self, id: ConnectionId) {
        let turn = self.next_turn();
        self.set(id, Activity::Answered(turn));
    }

    pub fn closed(&mut self, id: ConnectionId) {
        self.open.remove(&id);
    }

    /// Whether a newcomer would find a place, a free one or one that is given up for it.
    pub fn has_room(&self) -> bool {
        self.open.len() < MOST_CONNECTIONS || self.most_silent().is_some()
    }

    /// Takes out what has to be closed before one more is entered.
    pub fn make_room(&mut self) -> Option<H> {
        if self.open.len() < MOST_CONNECTIONS {
            return None;
        }
        let id = self.most_silent()?;
        self.open.remove(&id).map(|connection| connection.handle)
    }

    fn most_silent(&self) -> Option<ConnectionId> {
        let waiting = self.open.iter().filter(|(_, open)| open.activity != Activity::Busy);
        waiting.min_by_key(|(_, open)| open.activity).map(|(id, _)| *id)
    }

    fn set(&mut self, id: ConnectionId, activity: Activity) {
        if let Some(connection) = self.open.get_mut(&id) {
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
        let ids = (0..MOST_CONNECTIONS).map(|handle| table.open(handle)).collect();
        (table, ids)
    }

    #[test]
    fn nobody_gives_way_while_there_are_places() {
        let mut table = ConnectionTable::new();
        table.open(0);
        assert!(table.has_room());
        assert_eq!(table.make_room(), None);
    }

    #[test]
    fn the_longest_silent_gives_way_first_and_the_answered_after_the_silent() {
        let (mut table, ids) = full();
        for id in &ids[..2] {
            table.request_began(*id);
        }
        table.request_ended(ids[1]);
        table.request_ended(ids[0]);
        let mut gone = Vec::new();
        for newcomer in 0..MOST_CONNECTIONS {
            gone.extend(table.make_room());
            let id = table.open(1_000 + newcomer);
            table.request_began(id);
        }
        let silent = 2..MOST_CONNECTIONS;
        assert_eq!(gone, silent.chain([1, 0]).collect::<Vec<_>>());
    }

    #[test]
    fn whoever_is_answered_or_listens_stays() {
        let (mut table, ids) = full();
        for id in &ids {
            table.request_began(*id);
        }
        assert!(!table.has_room());
        assert_eq!(table.make_room(), None);
        table.request_ended(ids[7]);
        assert!(table.has_room());
        table.closed(ids[3]);
        assert_eq!(table.make_room(), None);
    }

    #[test]
    fn what_is_told_of_a_closed_connection_changes_nothing() {
        let (mut table, ids) = full();
        table.closed(ids[0]);
        table.request_ended(ids[0]);
        assert_eq!(table.open.len(), MOST_CONNECTIONS - 1);
    }
}
