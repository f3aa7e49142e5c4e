//! Random histories on the rules alone, without a store, held against the reference model. Longer:
//! `TEST_HISTORIES=100` runs a hundred times as many; `TEST_SEED` repeats one.

use quan_histories::{Manner, Plan, check_rules};

#[test]
#[expect(clippy::disallowed_methods, reason = "who runs a test says which seed it runs")]
fn one_command_after_another() {
    let read = |name| std::env::var(name).ok();
    let (seed, times) = (read("TEST_SEED"), read("TEST_HISTORIES"));
    let plan = Plan {
        seed: 1,
        histories: 100,
        commands: 300,
        manner: Manner::OneByOne,
        audit_every: 1,
        shortens: true,
        command_line: "cargo test -p quan-histories --test rules",
    };
    match check_rules(&plan.wanted(seed.as_deref(), times.as_deref())) {
        Ok(coverage) => {
            println!("{coverage}");
            let missing = coverage.missing_of_rules();
            assert!(seed.is_some() || missing.is_empty(), "the histories never reached {missing:?}");
        }
        Err(failure) => panic!("{failure}"),
    }
}
