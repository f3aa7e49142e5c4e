//! The two ways to wait: [`Async`] and [`Blocking`].
//!
//! Nodes, endpoints and calls are written once, for any mode. Only the transport and the terminal
//! `send` differ, so the two clients cannot drift apart. Nothing here does I/O.

use crate::transport::{BlockingTransport, Transport};

/// Calls are futures. A marker that is never constructed.
#[derive(Debug)]
pub enum Async {}

/// Calls block the thread, without any runtime. A marker that is never constructed.
#[derive(Debug)]
pub enum Blocking {}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Async {}
    impl Sealed for super::Blocking {}
}

/// How a client waits. Sealed: there are exactly two modes.
pub trait Mode: sealed::Sealed + Send + Sync + 'static {
    /// What carries a request to the platform and brings the answer back.
    type Transport: ?Sized + Send + Sync + 'static;
}

impl Mode for Async {
    type Transport = dyn Transport;
}

impl Mode for Blocking {
    type Transport = dyn BlockingTransport;
}
