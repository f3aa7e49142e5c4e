#![doc = include_str!("../README.md")]

mod assets;
mod attempts;
mod context;
mod csv;
mod failure;
mod form;
mod language;
mod page;
mod requests;
mod routes;
mod session;
mod shown;
mod sign_in;
mod state;

pub use routes::routes;
pub use state::{Console, ConsoleParts, Explained, Host};
