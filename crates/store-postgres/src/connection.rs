//! One connection: statements prepared once, sent together with what has to go before them, waited for once.
//!
//! A round trip costs more than what the server does in it. So whatever needs no answer (the beginning of a transaction, a
//! savepoint, its release) is kept back by [`Connection::lead`] and travels with the next statement.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use futures_util::future::{join, join_all, poll_fn};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Error, Row, SimpleQueryMessage, Statement};

use crate::Values;
use crate::failure::{Failure, Kind};
use crate::options::{DURABLE, Options};
use crate::reactor::Reactor;
use crate::target::Target;

/// Values for the `$1`, `$2`, … of a statement.
pub(crate) type Params<'p> = &'p [&'p (dyn ToSql + Sync)];

/// What moves bytes between the client and the socket.
type Io = Pin<Box<dyn Future<Output = Result<(), Error>> + Send>>;

/// How much longer than the server's own timeout an answer is waited for.
const GRACE: Duration = Duration::from_secs(5);

/// A session with the server.
pub(crate) struct Connection {
    reactor: Arc<Reactor>,
    client: Client,
    io: RefCell<Option<Io>>,
    statements: RefCell<HashMap<Box<str>, Statement>>,
    lead: RefCell<String>,
    patience: Cell<Duration>,
    is_broken: Cell<bool>,
    /// The server's version as it says it, such as `15.18 (Debian 15.18-0+deb12u1)`.
    pub(crate) version: String,
    /// Random, given by the server: names this session in the table of batches.
    pub(crate) session: String,
    /// Where this session begins to look for a counter with room; different for different sessions.
    pub(crate) ring_start: i64,
    /// Batches that this session has tried to commit.
    pub(crate) batches: Cell<i64>,
}

impl Connection {
    /// Connects and sets the session up.
    pub(crate) fn open(
        reactor: &Arc<Reactor>,
        target: &Target,
        options: &Options,
        deadline: Instant,
    ) -> Result<Self, ConnectError> {
        let deadline = deadline.min(Instant::now() + options.connect_timeout);
        let connected = reactor.wait(deadline, target.connect()).ok_or(ConnectError::Late)?;
        let (client, io, version) = connected.map_err(ConnectError::Driver)?;
        let connection = Self {
            reactor: Arc::clone(reactor),
            client,
            io: RefCell::new(Some(io)),
            statements: RefCell::default(),
            lead: RefCell::default(),
            patience: Cell::new(options.statement_timeout + GRACE),
            is_broken: Cell::new(false),
            version,
            session: String::new(),
            ring_start: 0,
            batches: Cell::new(0),
        };
        connection.begin_session(options)
    }

    fn begin_session(mut self, options: &Options) -> Result<Self, ConnectError> {
        if self.major_version() < crate::open::SERVER_VERSION_MIN {
            // What follows is not in such a version; whoever opens the store says so.
            return Ok(self);
        }
        // The first row is the session's name.
        let sql = format!("{}; SELECT gen_random_uuid(); {DURABLE}", options.settings());
        let messages = self.drive(self.client.simple_query(&sql)).map_err(ConnectError::Session)?;
        let row = messages.iter().find_map(|message| match message {
            SimpleQueryMessage::Row(row) => row.get(0),
            _ => None,
        });
        row.unwrap_or_default().clone_into(&mut self.session);
        self.ring_start = i64::from(
            self.session.bytes().fold(0u16, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into())),
        );
        Ok(self)
    }

    /// The first part of the server's version; 0 when it says none that can be read.
    pub(crate) fn major_version(&self) -> u32 {
        let digits: String = self.version.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().unwrap_or(0)
    }

    /// Lets answers take this long from now on.
    pub(crate) fn set_patience(&self, patience: Duration) {
        self.patience.set(patience);
    }

    /// Whether nothing is known that speaks against using it again. Looks at the socket, without waiting.
    pub(crate) fn is_usable(&self) -> bool {
        let mut io = self.io.borrow_mut();
        let is_open = io.as_mut().is_some_and(|io| self.reactor.nudge(io).is_pending());
        if !is_open {
            *io = None;
        }
        is_open && !self.is_broken.get()
    }

    /// Keeps a statement without an answer back until the next one is sent.
    pub(crate) fn lead(&self, sql: &str) {
        let mut lead = self.lead.borrow_mut();
        if !lead.is_empty() {
            lead.push(';');
        }
        lead.push_str(sql);
    }

    /// Takes what was kept back.
    pub(crate) fn take_lead(&self) -> String {
        self.lead.take()
    }

    /// The rows of a query, once the statement `first` with the same values has been carried out, if there is one.
    pub(crate) fn rows(
        &self,
        first: Option<&str>,
        sql: &str,
        params: Params<'_>,
    ) -> Result<Vec<Row>, Failure> {
        let first = first.map(|first| self.prepared(first)).transpose()?;
        let statement = self.prepared(sql)?;
        let lead = self.take_lead();
        let before = async {
            let lead =
                async { if lead.is_empty() { Ok(()) } else { self.client.batch_execute(&lead).await } };
            let first = async {
                match &first {
                    Some(first) => self.client.execute(first, params).await.map(drop),
                    None => Ok(()),
                }
            };
            // Joined futures begin in their order, so the server gets them in that order.
            let (lead, first) = join(lead, first).await;
            lead.and(first)
        };
        self.drive(async {
            let (before, rows) = join(before, self.client.query(&statement, params)).await;
            before?;
            rows
        })
    }

    /// Carries a statement out and says how many rows it changed.
    pub(crate) fn execute(&self, sql: &str, params: Params<'_>) -> Result<u64, Failure> {
        let statement = self.prepared(sql)?;
        let lead = self.take_lead();
        self.drive(async {
            let lead =
                async { if lead.is_empty() { Ok(()) } else { self.client.batch_execute(&lead).await } };
            let (lead, changed) = join(lead, self.client.execute(&statement, params)).await;
            lead?;
            changed
        })
    }

    /// Carries statements out one after the other, without waiting in between, and says how many rows each of them changed.
    pub(crate) fn execute_all(&self, statements: &[(&str, Values<'_>)]) -> Result<Vec<u64>, Failure> {
        let prepared: Vec<Statement> =
            statements.iter().map(|(sql, _)| self.prepared(sql)).collect::<Result<_, _>>()?;
        let values: Vec<Vec<&(dyn ToSql + Sync)>> =
            statements.iter().map(|(_, values)| crate::write_behind::borrowed(values)).collect();
        let lead = self.take_lead();
        self.drive(async {
            let lead =
                async { if lead.is_empty() { Ok(()) } else { self.client.batch_execute(&lead).await } };
            let each = prepared
                .iter()
                .zip(&values)
                .map(|(statement, values)| self.client.execute(statement, values));
            let (lead, changed) = join(lead, join_all(each)).await;
            lead?;
            changed.into_iter().collect()
        })
    }

    /// Carries out what was kept back, and these statements, in one round trip.
    pub(crate) fn control(&self, sql: &str) -> Result<(), Failure> {
        self.lead(sql);
        let sql = self.take_lead();
        self.drive(self.client.batch_execute(&sql))
    }

    /// As [`Self::control`], but waits for no answer: for ends of transactions that nothing depends on.
    pub(crate) fn post(&self, sql: &str) {
        self.lead(sql);
        let sql = self.take_lead();
        let mut sending = Box::pin(self.client.batch_execute(&sql));
        // The first step puts it into the queue, a step of the connection into the socket.
        let answer = self.reactor.nudge(&mut sending);
        drop(sending);
        if matches!(answer, Poll::Ready(Err(_))) || !self.is_usable() {
            self.is_broken.set(true);
        }
    }

    fn prepared(&self, sql: &str) -> Result<Statement, Failure> {
        if let Some(statement) = self.statements.borrow().get(sql) {
            return Ok(statement.clone());
        }
        let lead = self.take_lead();
        if !lead.is_empty() {
            self.drive(self.client.batch_execute(&lead))?;
        }
        let statement = self.drive(self.client.prepare(sql))?;
        self.statements.borrow_mut().insert(sql.into(), statement.clone());
        Ok(statement)
    }

    /// Waits for an answer, and moves the bytes meanwhile.
    fn drive<T>(&self, request: impl Future<Output = Result<T, Error>>) -> Result<T, Failure> {
        let mut request = std::pin::pin!(request);
        let deadline = Instant::now() + self.patience.get();
        let answered = self.reactor.wait(
            deadline,
            poll_fn(|context| {
                if let Poll::Ready(answer) = request.as_mut().poll(context) {
                    return Poll::Ready(answer.map_err(Failure::from));
                }
                let mut io = self.io.borrow_mut();
                let Some(moving) = io.as_mut() else { return Poll::Ready(Err(Failure::closed(None))) };
                let Poll::Ready(ended) = moving.as_mut().poll(context) else { return Poll::Pending };
                *io = None;
                // What came before the end may hold the answer; otherwise the end says more than it.
                match request.as_mut().poll(context) {
                    Poll::Ready(Ok(answer)) => Poll::Ready(Ok(answer)),
                    Poll::Ready(Err(_)) | Poll::Pending => Poll::Ready(Err(Failure::closed(ended.err()))),
                }
            }),
        );
        let outcome = answered.unwrap_or_else(|| Err(Failure::late()));
        if let Err(Failure { kind: Kind::Lost, .. }) = &outcome {
            self.is_broken.set(true);
        }
        outcome
    }
}

/// Why a connection could not be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConnectError {
    /// The driver or the server refused.
    #[error("cannot connect to PostgreSQL")]
    Driver(#[source] Error),
    /// Nothing was answered in time.
    #[error("PostgreSQL did not answer in time")]
    Late,
    /// The session could not be set up.
    #[error("cannot set up a session")]
    Session(#[source] Failure),
}

impl From<ConnectError> for Failure {
    fn from(error: ConnectError) -> Self {
        match error {
            ConnectError::Driver(error) => Self::from(error).lost(),
            ConnectError::Late => Self::late(),
            ConnectError::Session(failure) => failure.lost(),
        }
    }
}
