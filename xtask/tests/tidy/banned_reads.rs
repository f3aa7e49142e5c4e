//! The wall clock, the environment and the system's randomness are read by the binary and by the client's one
//! system file. Everywhere else they are arguments.

use crate::assert_none;
use crate::rust_text::{Kind, before_tests, pieces};
use crate::tree::{self, SourceFile};

/// Calls that read what must be an argument, as they stand in code.
const READS: [&str; 20] = [
    "SystemTime::now",
    "Timestamp::now",
    "Zoned::now",
    "Utc::now",
    "Local::now",
    "OffsetDateTime::now",
    "env::var",
    "env::vars",
    "env::var_os",
    "env::args",
    "env::args_os",
    "env::temp_dir",
    "env::current_dir",
    "env::home_dir",
    "SystemRandom",
    "OsRng",
    "thread_rng",
    "getrandom",
    "rand::fill",
    "new_v4",
];

/// Where reading is the job.
const READERS: [&str; 2] = ["crates/quan/", "crates/client/src/system.rs"];

/// Reads that are no reads, with the reason: (file, call, reason).
const EXCEPTIONS: [(&str, &str, &str); 3] = [
    (
        "crates/apiv3/src/key/private.rs",
        "SystemRandom",
        "signing with RSASSA-PKCS1-v1_5 is deterministic; the library asks for a source it does not draw from",
    ),
    (
        "crates/testkit/src/evidence.rs",
        "env::var_os",
        "the runner of the tests says where they write what they have shown",
    ),
    (
        "crates/openapi/build.rs",
        "env::var_os",
        "a build script is told where to write by the environment, and runs on no machine but the builder's",
    ),
];

/// Reads outside the readers, by file and line. Tools and tests of the house (`xtask`, `interop`) are programs and
/// may read what they like.
fn findings(files: &[SourceFile]) -> Vec<String> {
    let mut found = Vec::new();
    let libraries =
        files.iter().filter(|file| file.is_rust() && file.path.starts_with("crates/") && !file.is_test());
    for file in libraries.filter(|file| !READERS.iter().any(|reader| file.path.starts_with(reader))) {
        for piece in pieces(before_tests(&file.text)).iter().filter(|piece| piece.kind == Kind::Code) {
            for (line, code) in piece.text.lines().enumerate() {
                for read in READS.iter().filter(|read| names(code, read)) {
                    if !EXCEPTIONS.iter().any(|(path, call, _)| *path == file.path && call == read) {
                        found.push(format!(
                            "{}:{}: {read} is an argument here",
                            file.path,
                            piece.line + line
                        ));
                    }
                }
            }
        }
    }
    found
}

/// Whether the code names the call as a whole word.
fn names(code: &str, call: &str) -> bool {
    code.match_indices(call).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = code[at + call.len()..].chars().next();
        let in_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        !in_word(before) && !in_word(after)
    })
}

#[test]
fn libraries_are_given_time_environment_and_randomness() {
    assert_none(&findings(&tree::files()));
}

#[test]
fn exceptions_are_still_needed() {
    let files = tree::files();
    for (path, call, _) in EXCEPTIONS {
        let file = files.iter().find(|file| file.path == path);
        assert!(file.is_some_and(|file| names(&file.text, call)), "{path} does not use {call} any more");
    }
}

#[test]
fn a_read_in_a_library_is_found() {
    let bad = "use std::time::SystemTime;\n\nfn now() { SystemTime::now(); }\n// env::var in words\n";
    let tested = "fn a() {}\n#[cfg(test)]\nmod tests {\n fn b() { std::env::var(\"X\"); }\n}\n";
    let found = findings(&[
        SourceFile::sample("crates/platform/src/a.rs", bad),
        SourceFile::sample("crates/quan/src/a.rs", bad),
        SourceFile::sample("crates/client/src/system.rs", bad),
        SourceFile::sample("crates/platform/src/b.rs", tested),
        SourceFile::sample("crates/platform/tests/c.rs", bad),
    ]);
    assert_eq!(found, ["crates/platform/src/a.rs:3: SystemTime::now is an argument here"]);
}
