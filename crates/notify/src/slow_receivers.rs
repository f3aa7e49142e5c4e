//! Receivers that take their time: how many are waited for now, since that costs a socket and nothing else.
//!
//! Knows how long an answer took and nothing of what it says.

use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// An answer that takes longer is waited for on the side. Receivers in good health are far below it.
const PROMPT: Duration = Duration::from_millis(250);

/// How many slow receivers are waited for.
#[derive(Default)]
pub(crate) struct SlowReceivers(AtomicUsize);

impl SlowReceivers {
    /// Waits for an answer, and counts it once it is slow for as long as it is waited for.
    pub(crate) async fn wait_for<T>(&self, answer: impl Future<Output = T>) -> T {
        let mut answer = pin!(answer);
        if let Ok(prompt) = tokio::time::timeout(PROMPT, answer.as_mut()).await {
            return prompt;
        }
        let _waiting = Waiting::count(&self.0);
        answer.await
    }

    pub(crate) fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// Counts for as long as it is there.
struct Waiting<'c>(&'c AtomicUsize);

impl<'c> Waiting<'c> {
    fn count(counter: &'c AtomicUsize) -> Self {
        counter.fetch_add(1, Ordering::Relaxed);
        Self(counter)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::time::{advance, sleep};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn only_a_slow_answer_is_counted_and_only_until_it_comes_or_is_given_up() {
        let slow = Arc::new(SlowReceivers::default());
        let waited_for = |time: Duration| {
            let slow = Arc::clone(&slow);
            tokio::spawn(async move { slow.wait_for(sleep(time)).await })
        };
        let prompt = waited_for(PROMPT / 2);
        let (answered, given_up) = (waited_for(PROMPT * 3), waited_for(PROMPT * 3));
        prompt.await.unwrap();
        assert_eq!(slow.count(), 0);
        advance(PROMPT).await;
        tokio::task::yield_now().await;
        assert_eq!(slow.count(), 2);
        given_up.abort();
        assert!(given_up.await.is_err());
        assert_eq!(slow.count(), 1);
        answered.await.unwrap();
        assert_eq!(slow.count(), 0);
    }
}
