#![doc = include_str!("../README.md")]

mod assets;
mod attempts;
mod audit;
mod catalogue;
mod context;
mod creation;
mod csv;
mod failure;
mod form;
mod language;
mod notifications;
mod overview;
mod page;
mod requests;
mod routes;
mod session;
mod settings;
mod shown;
mod sign_in;
mod state;
mod uploads;
mod user_coupons;
mod view;
mod words;

pub use routes::routes;
pub use state::{
    Console, ConsoleParts, Explained, Host, KeyStep, PlatformKeyKind, PlatformKeyNames, ReadCertificate,
};
