//! The sets of features of the client that are compiled: none, each alone, and the sets that people use. Features only
//! add, so a set that fails while its parts compile would be a clash of two of them, which the whole set shows.
//!
//! May know the names of the features. Knows nothing about what they bring.

use crate::step::Step;

/// One set of features.
macro_rules! set {
    ($name:literal, $features:literal) => {
        Step {
            name: concat!("client with ", $name),
            words: &[
                "cargo",
                "check",
                "-p",
                "quan-client",
                "--lib",
                "--no-default-features",
                "--features",
                $features,
            ],
        }
    };
}

/// All sets; the one with everything is what the tests compile.
pub(crate) const SETS: [Step; 9] = [
    set!("no feature", ""),
    set!("async", "async"),
    set!("blocking", "blocking"),
    set!("axum", "axum"),
    set!("actix", "actix"),
    set!("testing", "testing"),
    set!("async, testing", "async,testing"),
    set!("blocking, testing", "blocking,testing"),
    set!("everything", "async,blocking,axum,actix,testing"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_feature_of_the_manifest_is_in_a_set_by_itself_and_in_the_whole() {
        let manifest = std::fs::read_to_string(crate::step::root().join("crates/client/Cargo.toml")).unwrap();
        let features = manifest.split_once("[features]").unwrap().1.split_once("\n[").unwrap().0;
        let names =
            features.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(" = "));
        let sets: Vec<&str> = SETS.iter().filter_map(|step| step.words.last().copied()).collect();
        let whole = SETS.last().and_then(|step| step.words.last()).unwrap();
        let mut count = 0;
        for name in names.map(|(name, _)| name.trim()).filter(|name| *name != "default") {
            assert!(sets.contains(&name), "{name} is not compiled alone");
            assert!(whole.split(',').any(|part| part == name), "{name} is not in the whole");
            count += 1;
        }
        assert_eq!(whole.split(',').count(), count);
    }
}
