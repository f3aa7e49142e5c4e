//! What tests have shown of each operation, written down while they run.
//!
//! Every exchange of an [`crate::Actor`] is checked against the OpenAPI document first. When the runner names a directory in
//! `TEST_EVIDENCE`, one line for each thing that was shown goes there; `cargo xtask matrix` makes a table of them.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::io::Write;
use std::path::PathBuf;
use std::sync::{Mutex, OnceLock, PoisonError};

use serde_json::{Value, json};

use crate::described;

/// One exchange as it went.
pub(crate) struct Exchange<'e> {
    pub(crate) method: &'e str,
    pub(crate) target: &'e str,
    /// JSON, or of an upload its parts.
    pub(crate) body: &'e [u8],
    pub(crate) is_json: bool,
    pub(crate) status: u16,
    /// The suffix of the Request-ID; 0 for a success.
    pub(crate) number: u64,
    pub(crate) answer: &'e [u8],
}

/// Who made the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Caller {
    /// A test that signs by itself.
    Actor,
    /// The client.
    Client,
}

/// Method and target, and the body.
type Called = (String, Vec<u8>);

/// What one platform answered with success.
#[derive(Debug, Default)]
pub(crate) struct Answered {
    /// Every call with its body, and what it was answered last, to know a repetition that is answered alike.
    calls: Mutex<HashMap<Called, Vec<u8>>>,
    /// The operations that the client called.
    by_client: Mutex<BTreeSet<String>>,
}

impl Answered {
    /// Checks an exchange and writes down what it shows.
    ///
    /// # Panics
    /// When the exchange is not as the description says.
    pub(crate) fn exchange(&self, caller: Caller, exchange: &Exchange<'_>) {
        let Exchange { method, target, body, status, .. } = *exchange;
        let Ok((_, operation)) = quan_openapi::template(method, target) else { return };
        described::check(method, target, exchange.is_json.then_some(body), status, exchange.answer);
        if !(200..300).contains(&status) {
            if caller == Caller::Actor && exchange.number != 0 {
                shown(&operation, "refusal", Some(exchange.number));
            }
            return;
        }
        let answer = lasting(exchange.answer);
        let call = (format!("{method} {target}"), body.to_vec());
        let first = self.calls.lock().unwrap_or_else(PoisonError::into_inner).insert(call, answer.clone());
        if caller == Caller::Client {
            self.by_client.lock().unwrap_or_else(PoisonError::into_inner).insert(operation.clone());
        }
        match (caller, first) {
            (Caller::Client, _) => shown(&operation, "client", None),
            (Caller::Actor, Some(first)) if first == answer => shown(&operation, "replay", None),
            (Caller::Actor, _) => shown(&operation, "happy", None),
        }
    }

    /// The operations that the client called with success, by their ids in the document.
    pub(crate) fn by_client(&self) -> BTreeSet<String> {
        self.by_client.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// What is new in every answer: the token of a pre-send, and what is sealed afresh.
const FRESH: [&str; 3] = ["token", "nonce", "ciphertext"];

/// What of an answer is the same in a faithful repetition.
fn lasting(answer: &[u8]) -> Vec<u8> {
    match serde_json::from_slice::<Value>(answer) {
        Ok(mut read) => {
            take_fresh(&mut read);
            read.to_string().into_bytes()
        }
        Err(_) => answer.to_vec(),
    }
}

fn take_fresh(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|name, _| !FRESH.contains(&name.as_str()));
            members.values_mut().for_each(take_fresh);
        }
        Value::Array(items) => items.iter_mut().for_each(take_fresh),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Writes a line, once in each process.
fn shown(operation: &str, kind: &'static str, number: Option<u64>) {
    static SHOWN: OnceLock<Mutex<HashSet<String>>> = OnceLock::new();
    let Some(directory) = directory() else { return };
    let line = json!({ "operation": operation, "kind": kind, "number": number }).to_string() + "\n";
    // Held until the line is written: tests of one process run side by side.
    let mut shown = SHOWN.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
    if shown.insert(line.clone()) {
        let file = directory.join(format!("{}.jsonl", std::process::id()));
        let opened = std::fs::File::options().create(true).append(true).open(&file);
        let written = opened.and_then(|mut file| file.write_all(line.as_bytes()));
        written.unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    }
}

/// Where the runner wants the lines, if it wants any.
#[expect(clippy::disallowed_methods, reason = "the runner of the tests says where to write, and only it")]
fn directory() -> Option<PathBuf> {
    std::env::var_os("TEST_EVIDENCE").map(PathBuf::from)
}
