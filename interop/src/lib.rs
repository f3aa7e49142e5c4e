//! The platform against clients and a browser that nobody here wrote.
//!
//! Each test of this package starts the real binary, runs one script of a folder beside `src` against it, and looks
//! at the line of JSON that the script prints. Knows the command line and the connection file of `quan`, and
//! nothing of its inside.
#![doc = include_str!("../README.md")]

mod install;
mod platform;
mod script;
mod workshop;

pub use install::{
    browser_scripts, claim_files, mini_program_scripts, node_scripts, python_environment, python_with_sdk,
};
pub use platform::Platform;
pub use script::{run, told, told_within};
pub use workshop::{quan, repository, target};
