//! Telling repetitions of an event from news, by notification id and by business key.
//!
//! Deliveries repeat and overtake each other. An event is marked as handled only when the work for it is
//! done: marking it on arrival would lose it when the work fails. This memory is of one process and
//! bounded; what must never happen twice needs a unique key in a database as well.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Notification;

/// The events that are in hand or done. Cheap to clone; clones share the memory.
#[derive(Clone)]
pub struct SeenEvents {
    table: Arc<Mutex<Table>>,
}

/// What is known about an event.
#[derive(Debug)]
#[must_use = "the first sighting is released when it is dropped"]
pub enum Sighting {
    /// News. Do the work, then say [`Handling::done`]; dropping it lets the next delivery try again.
    First(Handling),
    /// Another thread or task is at work on it. Answer
    /// [`NotificationReply::failed`](super::NotificationReply::failed), so that it comes again in case
    /// that work fails.
    InHand,
    /// Done before. Answer [`NotificationReply::accepted`](super::NotificationReply::accepted) and do
    /// nothing.
    Done,
}

/// The right to handle an event. It can move to another thread or task.
#[must_use = "call done when the work is done"]
pub struct Handling {
    table: Arc<Mutex<Table>>,
    number: u64,
    is_done: bool,
}

struct Table {
    capacity: usize,
    next_number: u64,
    /// Both keys of an event lead to its number.
    numbers: HashMap<String, u64>,
    events: HashMap<u64, Event>,
    order: VecDeque<u64>,
}

struct Event {
    keys: [String; 2],
    is_done: bool,
}

impl SeenEvents {
    /// A day of repetitions at one event a second.
    pub const CAPACITY: usize = 86_400;

    /// Remembers at most this many events; 0 counts as 1. When it is full, the oldest is forgotten.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        let table = Table {
            capacity: capacity.max(1),
            next_number: 0,
            numbers: HashMap::new(),
            events: HashMap::new(),
            order: VecDeque::new(),
        };
        Self { table: Arc::new(Mutex::new(table)) }
    }

    /// Looks the event up, by its id and by its [`dedupe_key`](Notification::dedupe_key), and takes it
    /// in hand when neither is known.
    pub fn begin(&self, notification: &Notification) -> Sighting {
        let keys = [format!("id/{}", notification.id), format!("event/{}", notification.dedupe_key())];
        let mut table = lock(&self.table);
        let known = keys.iter().find_map(|key| table.events.get(table.numbers.get(key)?));
        match known {
            Some(Event { is_done: true, .. }) => Sighting::Done,
            Some(Event { is_done: false, .. }) => Sighting::InHand,
            None => {
                let number = table.insert(keys);
                Sighting::First(Handling { table: Arc::clone(&self.table), number, is_done: false })
            }
        }
    }

    /// How many events are remembered.
    #[must_use]
    pub fn len(&self) -> usize {
        lock(&self.table).events.len()
    }

    /// Whether none is remembered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Default for SeenEvents {
    fn default() -> Self {
        Self::new(Self::CAPACITY)
    }
}

impl Handling {
    /// The work is done: later deliveries of the event are [`Sighting::Done`].
    pub fn done(mut self) {
        self.is_done = true;
        if let Some(event) = lock(&self.table).events.get_mut(&self.number) {
            event.is_done = true;
        }
    }
}

impl Drop for Handling {
    fn drop(&mut self) {
        if !self.is_done {
            lock(&self.table).forget(self.number);
        }
    }
}

impl Table {
    fn insert(&mut self, keys: [String; 2]) -> u64 {
        while self.order.len() >= self.capacity
            && let Some(oldest) = self.order.pop_front()
        {
            self.forget(oldest);
        }
        let number = self.next_number;
        self.next_number += 1;
        for key in &keys {
            self.numbers.insert(key.clone(), number);
        }
        self.events.insert(number, Event { keys, is_done: false });
        self.order.push_back(number);
        number
    }

    /// Its place in the order stays until it is the oldest; the number is never used again.
    fn forget(&mut self, number: u64) {
        if let Some(event) = self.events.remove(&number) {
            for key in &event.keys {
                self.numbers.remove(key);
            }
        }
    }
}

fn lock(table: &Mutex<Table>) -> MutexGuard<'_, Table> {
    table.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for SeenEvents {
    /// Shows how many, and no key: keys hold coupon codes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SeenEvents({})", self.len())
    }
}

impl fmt::Debug for Handling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Handling({})", self.number)
    }
}
