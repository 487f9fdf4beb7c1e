//! The bound on questions asked at once, with a queue that is fair between followers.
//!
//! A follower with twenty questions waits behind their own, not in front of everybody's: free slots go around the followers.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::oneshot;

/// A number of slots, and who waits for one.
#[derive(Debug, Clone)]
pub struct Slots(Arc<Mutex<Queue>>);

/// One slot; it is free again when this is dropped.
#[derive(Debug)]
pub struct Slot(Option<Slots>);

#[derive(Debug)]
struct Queue {
    free: usize,
    waiting: usize,
    /// The followers in the order of their next turn; each is here once, while something of theirs waits.
    turns: VecDeque<String>,
    lines: HashMap<String, VecDeque<oneshot::Sender<Slot>>>,
}

impl Slots {
    /// `count` free slots.
    pub fn new(count: usize) -> Self {
        Self(Arc::new(Mutex::new(Queue { free: count, waiting: 0, turns: VecDeque::new(), lines: HashMap::new() })))
    }

    /// A slot, at once or when it is `follower`'s turn. `None` only when the queue itself is gone.
    pub async fn acquire(&self, follower: &str) -> Option<Slot> {
        let turn = {
            let mut queue = self.lock();
            if queue.free > 0 {
                queue.free -= 1;
                return Some(Slot(Some(self.clone())));
            }
            let (sender, turn) = oneshot::channel();
            queue.waiting += 1;
            let line = queue.lines.entry(follower.to_owned()).or_default();
            line.push_back(sender);
            if line.len() == 1 {
                queue.turns.push_back(follower.to_owned());
            }
            turn
        };
        turn.await.ok()
    }

    /// How many wait for a slot.
    pub fn waiting(&self) -> usize {
        self.lock().waiting
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Queue> {
        // A panic while the lock is held leaves counters that are still consistent.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    /// Whose turn it is: the first follower in the round, who goes to its end if more of theirs waits.
    fn next(&mut self) -> Option<oneshot::Sender<Slot>> {
        let follower = self.turns.pop_front()?;
        let line = self.lines.get_mut(&follower)?;
        let next = line.pop_front();
        if line.is_empty() {
            self.lines.remove(&follower);
        } else {
            self.turns.push_back(follower);
        }
        self.waiting -= 1;
        next
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let Some(slots) = self.0.take() else { return };
        // A loop, not a recursion: thousands may have stopped waiting at once.
        loop {
            let next = {
                let mut queue = slots.lock();
                let next = queue.next();
                if next.is_none() {
                    queue.free += 1;
                }
                next
            };
            let Some(next) = next else { return };
            match next.send(Slot(Some(slots.clone()))) {
                Ok(()) => return,
                // Someone who stopped waiting: the slot goes on to the next of the line, by this loop.
                Err(mut unused) => unused.0 = None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn free_slots_go_around_the_followers() {
        let slots = Slots::new(1);
        let held = slots.acquire("a").await.unwrap();
        let order = Arc::new(Mutex::new(Vec::new()));
        let mut tasks = Vec::new();
        for (index, follower) in ["a", "a", "a", "b", "c"].into_iter().enumerate() {
            let (own, order) = (slots.clone(), order.clone());
            tasks.push(tokio::spawn(async move {
                let slot = own.acquire(follower).await.unwrap();
                order.lock().unwrap().push(follower);
                drop(slot);
            }));
            while slots.waiting() <= index {
                tokio::task::yield_now().await;
            }
        }
        drop(held);
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(*order.lock().unwrap(), ["a", "b", "c", "a", "a"]);
        assert_eq!(slots.waiting(), 0);
    }

    #[tokio::test]
    async fn a_slot_given_to_someone_who_left_goes_on_to_the_next() {
        let slots = Slots::new(1);
        let held = slots.acquire("a").await.unwrap();
        let own = slots.clone();
        let leaves = tokio::spawn(async move { own.acquire("b").await });
        while slots.waiting() == 0 {
            tokio::task::yield_now().await;
        }
        leaves.abort();
        let _ = leaves.await;
        drop(held);
        assert!(slots.acquire("c").await.is_some());
    }
}
