//! One look into the store for everybody who asks for the same at once.
//!
//! A look is shared by those who came before it began, so that each is told what was so after it came. Who comes while a
//! look is under way waits for the next one. Knows neither callers nor stores.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;

/// Who waits for the next look, by what is asked for. An entry is there while a look for it is under way.
type Waiting<K, V> = Mutex<HashMap<K, Vec<oneshot::Sender<V>>>>;

/// Looks that are shared.
pub(crate) struct SharedLooks<K, V> {
    waiting: Arc<Waiting<K, V>>,
}

impl<K, V> Default for SharedLooks<K, V> {
    fn default() -> Self {
        Self { waiting: Arc::default() }
    }
}

impl<K: Clone + Eq + Hash + Send + 'static, V: Clone + Send + 'static> SharedLooks<K, V> {
    /// What a look that begins from now on finds; nothing when it broke down.
    pub(crate) async fn find<F>(&self, key: K, look: impl Fn() -> F + Send + 'static) -> Option<V>
    where
        F: Future<Output = V> + Send + 'static,
    {
        let (tell, told) = oneshot::channel();
        let is_first = {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            let is_first = !waiting.contains_key(&key);
            waiting.entry(key.clone()).or_default().push(tell);
            is_first
        };
        if is_first {
            // A task of its own: whoever asked may be gone before the others are told.
            let looking = Looking { waiting: Arc::clone(&self.waiting), key, is_over: false };
            tokio::spawn(looking.until_nobody_waits(look));
        }
        told.await.ok()
    }
}

/// The task that looks for one key. When it ends early, who waits finds out.
struct Looking<K: Eq + Hash, V> {
    waiting: Arc<Waiting<K, V>>,
    key: K,
    /// Whether the entry is gone, and if there is one again it is another task's.
    is_over: bool,
}

impl<K: Eq + Hash, V: Clone> Looking<K, V> {
    async fn until_nobody_waits<F: Future<Output = V>>(mut self, look: impl Fn() -> F) {
        while let Some(askers) = self.askers() {
            let found = look().await;
            for asker in askers {
                // Whoever is gone need not be told.
                drop(asker.send(found.clone()));
            }
        }
    }

    /// Whoever waits now; without anybody the entry goes, and the next one to ask begins a task.
    fn askers(&mut self) -> Option<Vec<oneshot::Sender<V>>> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let askers = waiting.get_mut(&self.key).map(std::mem::take).unwrap_or_default();
        if askers.is_empty() {
            waiting.remove(&self.key);
            self.is_over = true;
            return None;
        }
        Some(askers)
    }
}

impl<K: Eq + Hash, V> Drop for Looking<K, V> {
    fn drop(&mut self) {
        // It broke down: whoever waits finds out, and the next one begins anew.
        if !self.is_over {
            self.waiting.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::sync::Semaphore;

    use super::*;

    #[tokio::test]
    async fn who_comes_during_a_look_waits_for_the_next_one_and_shares_it() {
        let looks = Arc::new(SharedLooks::<&str, usize>::default());
        let (begun, may_end) = (Arc::new(AtomicUsize::new(0)), Arc::new(Semaphore::new(0)));
        let ask = || {
            let (looks, begun, may_end) = (Arc::clone(&looks), Arc::clone(&begun), Arc::clone(&may_end));
            let look = move || {
                let (number, may_end) = (begun.fetch_add(1, Ordering::SeqCst) + 1, Arc::clone(&may_end));
                async move {
                    may_end.acquire().await.expect("it is not closed").forget();
                    number
                }
            };
            tokio::spawn(async move { looks.find("key", look).await })
        };
        let first = ask();
        while begun.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
        let later = [ask(), ask(), ask()];
        while looks.waiting.lock().unwrap().get("key").is_none_or(|waiting| waiting.len() < later.len()) {
            tokio::task::yield_now().await;
        }
        may_end.add_permits(2);
        assert_eq!(first.await.unwrap(), Some(1));
        for asked in later {
            assert_eq!(asked.await.unwrap(), Some(2));
        }
        may_end.add_permits(1);
        assert_eq!(ask().await.unwrap(), Some(3), "what was found is not kept");
    }

    #[tokio::test]
    async fn a_look_that_breaks_down_leaves_nobody_waiting() {
        let looks = SharedLooks::<u8, u8>::default();
        let broken = || async { panic!("on purpose") };
        assert_eq!(looks.find(1, broken).await, None);
        assert_eq!(looks.find(1, || async { 7 }).await, Some(7));
    }
}
