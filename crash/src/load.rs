//! The load: workers that lead many lives at once, and the settling of what stayed without an answer.
//!
//! Knows lives and the ways to nodes; a worker takes another way after a call without an answer. Nothing is judged
//! here.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use crate::journal::Journal;
use crate::life::Life;
use crate::offer::Offer;
use crate::random::Random;
use crate::wire::Wire;

/// Lives that a worker leads at once.
const LIVES_AT_ONCE: usize = 6;
/// A pause after a call without an answer, so that a dead node is not called without end.
const AFTER_LOST: Duration = Duration::from_millis(20);
/// How long the settling may take.
const SETTLE_MAX: Duration = Duration::from_secs(60);

/// Everything that was begun in a run.
#[derive(Clone, Debug)]
pub(crate) struct Load {
    /// What is asked for.
    pub(crate) offers: Vec<Arc<Offer>>,
    /// Lives that go on.
    pub(crate) active: Vec<Life>,
    /// Lives that are over.
    pub(crate) over: Vec<Life>,
    run: String,
    workers: usize,
    next_serial: u64,
    random: Random,
}

impl Load {
    /// No life yet. `run` is the beginning of every number.
    #[must_use]
    pub(crate) fn new(offers: Vec<Arc<Offer>>, run: &str, workers: usize, random: Random) -> Self {
        Self {
            offers,
            active: Vec::new(),
            over: Vec::new(),
            run: run.to_owned(),
            workers,
            next_serial: 0,
            random,
        }
    }

    /// All lives.
    pub(crate) fn lives(&self) -> impl Iterator<Item = &Life> {
        self.active.iter().chain(&self.over)
    }

    /// Runs until it is stopped. What has no answer by then stays unsettled.
    ///
    /// # Errors
    /// When a worker breaks down.
    pub(crate) async fn run(
        &mut self,
        wires: &[Wire],
        journal: &Arc<Journal>,
        stop: &CancellationToken,
    ) -> Result<()> {
        let mut shares: Vec<Vec<Life>> = (0..self.workers).map(|_| Vec::new()).collect();
        for (at, life) in std::mem::take(&mut self.active).into_iter().enumerate() {
            shares[at % self.workers].push(life);
        }
        let mut running = JoinSet::new();
        for (number, lives) in (0u64..).zip(shares) {
            let worker = Worker {
                offers: self.offers.clone(),
                run: self.run.clone(),
                // Each worker has its own serial numbers; they meet in the blocks that lives make of them.
                next_serial: self.next_serial + number,
                stride: u64::try_from(self.workers).unwrap_or(1),
                random: self.random.fork(number),
                wires: wires.to_vec(),
                way: usize::try_from(number).unwrap_or(0),
                active: lives,
                over: Vec::new(),
            };
            running.spawn(worker.work(Arc::clone(journal), stop.clone()));
        }
        while let Some(ended) = running.join_next().await {
            let worker = ended.context("a worker broke down")?;
            self.active.extend(worker.active);
            self.over.extend(worker.over);
            self.next_serial = self.next_serial.max(worker.next_serial);
        }
        self.next_serial = self.next_serial.next_multiple_of(64);
        Ok(())
    }

    /// Repeats what has no answer yet, with the same numbers, until all of it has, or until stopped.
    ///
    /// # Errors
    /// When a task breaks down. What does not settle in time is a finding.
    pub(crate) async fn settle(
        &mut self,
        wires: &[Wire],
        journal: &Arc<Journal>,
        stop: &CancellationToken,
    ) -> Result<()> {
        let (open, settled): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.active).into_iter().partition(Life::is_unsettled);
        self.active = settled;
        let mut running = JoinSet::new();
        for (at, life) in open.into_iter().enumerate() {
            running.spawn(settle_one(life, wires.to_vec(), at, Arc::clone(journal), stop.clone()));
        }
        while let Some(ended) = running.join_next().await {
            self.active.push(ended.context("a settling task broke down")?);
        }
        Ok(())
    }
}

async fn settle_one(
    mut life: Life,
    wires: Vec<Wire>,
    mut way: usize,
    journal: Arc<Journal>,
    stop: CancellationToken,
) -> Life {
    let deadline = Instant::now() + SETTLE_MAX;
    while life.is_unsettled() && !stop.is_cancelled() {
        if Instant::now() > deadline {
            journal.find(format!("{} ({}) does not settle", life.number, life.offer.name));
            break;
        }
        if !life.advance(&wires[way % wires.len()], &journal).await {
            way += 1;
            sleep(AFTER_LOST).await;
        }
    }
    life
}

struct Worker {
    offers: Vec<Arc<Offer>>,
    run: String,
    next_serial: u64,
    stride: u64,
    random: Random,
    wires: Vec<Wire>,
    way: usize,
    active: Vec<Life>,
    over: Vec<Life>,
}

impl Worker {
    async fn work(mut self, journal: Arc<Journal>, stop: CancellationToken) -> Self {
        while !stop.is_cancelled() {
            if self.active.len() < LIVES_AT_ONCE {
                self.begin_life();
            }
            let places = u64::try_from(self.active.len()).unwrap_or(0);
            let place = usize::try_from(self.random.below(places)).unwrap_or(0);
            let wire = &self.wires[self.way % self.wires.len()];
            let life = &mut self.active[place];
            if !life.advance(wire, &journal).await {
                self.way += 1;
                sleep(AFTER_LOST).await;
            } else if life.is_over {
                let life = self.active.swap_remove(place);
                self.over.push(life);
            }
        }
        self
    }

    fn begin_life(&mut self) {
        let serial = self.next_serial;
        self.next_serial += self.stride;
        let random = self.random.fork(serial);
        if let Some(offer) = self.random.pick(&self.offers) {
            self.active.push(Life::new(offer, &self.run, serial, random));
        }
    }
}
