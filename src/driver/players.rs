//! The players that wait for the next game, each with its browser, so that it need not be started.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::play::GamePlayer;

/// An idle browser takes memory from other programs.
const IDLE_TIMEOUT: Duration = Duration::from_mins(2);

/// The idle players of a session.
#[derive(Debug, Default)]
pub(super) struct PlayerPool {
    waiting: Mutex<IdlePlayer>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct IdlePlayer {
    players: Vec<(u64, GamePlayer)>,
    /// How many are getting ready: waiting for one is shorter than starting another browser.
    getting_ready: usize,
    last_number: u64,
    is_closed: bool,
}

impl PlayerPool {
    /// The player that played last, where one waits or soon will.
    pub fn take(&self) -> Option<GamePlayer> {
        let must_wait = |waiting: &mut IdlePlayer| {
            waiting.players.is_empty() && waiting.getting_ready > 0 && !waiting.is_closed
        };
        let waited = self.changed.wait_while(self.lock(), must_wait);
        let taken = waited.unwrap_or_else(PoisonError::into_inner).players.pop();
        self.changed.notify_all();
        taken.map(|(_, player)| player)
    }

    /// Keeps an idle player until it is taken, the pool is closed, or it was unused for long; in the
    /// last two cases its browser quits. Blocks for as long.
    pub fn keep(&self, mut player: GamePlayer) {
        let mut waiting = self.lock();
        if waiting.is_closed {
            return;
        }
        waiting.getting_ready += 1;
        drop(waiting);
        player.prepare_next();
        let mut waiting = self.lock();
        waiting.getting_ready -= 1;
        waiting.last_number += 1;
        let number = waiting.last_number;
        waiting.players.push((number, player));
        self.changed.notify_all();
        let is_waiting = |waiting: &mut IdlePlayer| {
            !waiting.is_closed && waiting.players.iter().any(|(known, _)| *known == number)
        };
        let waited = self.changed.wait_timeout_while(waiting, IDLE_TIMEOUT, is_waiting);
        let (mut waiting, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let index = waiting.players.iter().position(|(known, _)| *known == number);
        let unused = index.map(|index| waiting.players.swap_remove(index));
        // A browser takes its time to end; others need not wait for it.
        drop(waiting);
        drop(unused);
    }

    /// Nobody needs a player any more.
    pub fn close(&self) {
        self.lock().is_closed = true;
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, IdlePlayer> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
