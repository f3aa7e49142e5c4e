//! Signatures both ways: who calls is proved before a handler runs, and what is answered is signed after it.

mod caller;
mod exchange;
mod keys;
mod shared_look;
mod upload;
mod verify;

pub(crate) use caller::{Caller, CallerKeys};
pub(crate) use exchange::signed_exchange;
pub(crate) use upload::Upload;
