//! A listener that is being served: its task, and what is said when that ends before it was told to.
//!
//! Knows how a listener ends, not what follows from it.

use std::io;

use anyhow::Context;
use quan_gateway::ServerSettings;
use tokio::task::{JoinError, JoinHandle};

/// A listener that is being served by a task of its own.
pub(crate) struct Listening {
    /// For the log: `public`, `operator`.
    name: &'static str,
    task: JoinHandle<io::Result<usize>>,
    server: ServerSettings,
    has_broken_down: bool,
}

impl Listening {
    /// A listener that this task serves with these settings.
    pub(crate) fn new(
        name: &'static str,
        task: JoinHandle<io::Result<usize>>,
        server: ServerSettings,
    ) -> Self {
        Self { name, task, server, has_broken_down: false }
    }

    /// Waits for an end that nobody asked for, says in the log why it came, and gives it. May be dropped while it waits;
    /// once it has come, it is not asked for again.
    pub(crate) async fn broken_down(&mut self) -> anyhow::Error {
        let ended = (&mut self.task).await;
        self.has_broken_down = true;
        let error = match came_to(ended) {
            Ok(_cut_off) => anyhow::anyhow!("it ended without being told to"),
            Err(error) => error,
        };
        tracing::error!(
            listener = self.name,
            error = format!("{error:#}"),
            "a listener broke down: the node stops and ends with an error, so that it is started again"
        );
        error.context(self.what_broke_down())
    }

    /// Waits for its end, which it was told to come to or has come to by itself, and for what it had open. Gives how many
    /// connections were cut off.
    pub(crate) async fn ended(self) -> anyhow::Result<usize> {
        if self.has_broken_down {
            return Ok(self.server.drained().await);
        }
        let what = self.what_broke_down();
        came_to(self.task.await).context(what)
    }

    fn what_broke_down(&self) -> String {
        format!("the {} listener broke down", self.name)
    }
}

fn came_to(ended: Result<io::Result<usize>, JoinError>) -> anyhow::Result<usize> {
    Ok(ended??)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn said(task: JoinHandle<io::Result<usize>>) -> String {
        let mut listening = Listening::new("public", task, ServerSettings::default());
        let said = format!("{:#}", listening.broken_down().await);
        assert_eq!(listening.ended().await.unwrap(), 0, "its end is not asked for again");
        said
    }

    #[tokio::test]
    async fn every_way_to_end_says_why() {
        let panics = tokio::spawn(async { panic!("the loop fell over") });
        let said_of_panic = said(panics).await;
        assert!(said_of_panic.starts_with("the public listener broke down: "), "{said_of_panic}");
        assert!(said_of_panic.contains("the loop fell over"), "{said_of_panic}");
        let fails = tokio::spawn(async { Err(io::Error::other("no such socket")) });
        assert_eq!(said(fails).await, "the public listener broke down: no such socket");
        let ends = tokio::spawn(async { Ok(0) });
        assert_eq!(said(ends).await, "the public listener broke down: it ended without being told to");
    }
}
