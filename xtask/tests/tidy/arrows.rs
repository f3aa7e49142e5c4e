//! The arrows between the rooms: a crate depends on what this table allows, and on no other crate of the house.

use crate::assert_none;
use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};

/// What one crate may depend on.
struct Room {
    name: &'static str,
    /// The arrows of the plan.
    arrows: &'static [&'static str],
    /// Arrows beyond the plan, each with its reason.
    extra: &'static [(&'static str, &'static str)],
}

/// All rooms, from the inside to the outside. `quan-testkit` may depend on everything and is looked at apart.
const ROOMS: [Room; 20] = [
    Room { name: "quan-model", arrows: &[], extra: &[] },
    Room { name: "quan-apiv3", arrows: &[], extra: &[] },
    Room { name: "quan-picture", arrows: &[], extra: &[] },
    Room { name: "quan-coupon", arrows: &["quan-model"], extra: &[] },
    Room {
        name: "quan-store",
        arrows: &["quan-coupon"],
        extra: &[(
            "quan-model",
            "ids and times are the same values on the wire, in the rules and in what is kept",
        )],
    },
    Room {
        name: "quan-store-sqlite",
        arrows: &["quan-store"],
        extra: &[
            ("quan-coupon", "rows become values of the rules"),
            ("quan-model", "ids and times of those values"),
        ],
    },
    Room {
        name: "quan-store-postgres",
        arrows: &["quan-store"],
        extra: &[
            ("quan-coupon", "rows become values of the rules"),
            ("quan-model", "ids and times of those values"),
        ],
    },
    Room { name: "quan-postgres-server", arrows: &[], extra: &[] },
    Room {
        name: "quan-platform",
        arrows: &["quan-coupon", "quan-store"],
        extra: &[
            ("quan-model", "the input and answer of a use case hold the ids and times of the wire"),
            ("quan-picture", "the shapes that a product coupon asks of its pictures"),
        ],
    },
    Room { name: "quan-openapi", arrows: &[], extra: &[] },
    Room { name: "quan-claim-web", arrows: &[], extra: &[] },
    Room { name: "quan-notify", arrows: &["quan-store", "quan-apiv3", "quan-model"], extra: &[] },
    Room {
        name: "quan-gateway",
        arrows: &["quan-platform", "quan-apiv3", "quan-model", "quan-openapi", "quan-claim-web"],
        extra: &[
            ("quan-coupon", "the one mapping of refusals to the wire matches on them"),
            ("quan-picture", "uploads are looked at and tasks are drawn before a use case begins"),
        ],
    },
    Room {
        name: "quan-client",
        arrows: &["quan-apiv3", "quan-model"],
        extra: &[(
            "quan-openapi",
            "in its tests: the typed trees and the table of operations are held against the description",
        )],
    },
    Room {
        name: "quan",
        arrows: &["quan-gateway", "quan-notify", "quan-store-sqlite", "quan-store-postgres", "quan-client"],
        extra: &[
            ("quan-apiv3", "the keys and certificates of the sandbox"),
            ("quan-model", "the clock, the entropy and the ids of the sandbox"),
            ("quan-platform", "wiring: the gateway is given a platform"),
            ("quan-store", "wiring: the platform is given a store"),
            ("quan-postgres-server", "`quan bench` measures on a private server"),
        ],
    },
    Room { name: "quan-reference-model", arrows: &["quan-model"], extra: &[] },
    Room {
        name: "quan-histories",
        arrows: &["quan-platform", "quan-reference-model", "quan-store"],
        extra: &[
            ("quan-coupon", "the platform's refusals and facts are compared with the model's"),
            ("quan-model", "the answers of the platform are compared with the model's"),
        ],
    },
    Room {
        name: "xtask",
        arrows: &["quan-openapi", "quan-claim-web"],
        extra: &[("quan-picture", "the browser tests show and read back the codes that the platform draws")],
    },
    Room {
        name: "crash",
        arrows: &["quan-client"],
        extra: &[
            ("interop", "where the binary under test lies, and how it is built"),
            ("quan-model", "days and times of the definitions that it creates"),
            ("quan-postgres-server", "the servers that it kills and promotes"),
        ],
    },
    Room {
        name: "interop",
        arrows: &[],
        extra: &[("quan-client", "it is run against a server that nobody here wrote")],
    },
];

/// What any crate may use in its tests besides its own arrows.
const IN_TESTS: [&str; 5] =
    ["quan-testkit", "quan-store-sqlite", "quan-store-postgres", "quan-postgres-server", "quan-histories"];
/// The crate that may depend on everything, because only tests depend on it.
const TESTKIT: &str = "quan-testkit";
/// What the client never reaches, however far the arrows are followed.
const CLIENT_NEVER: [&str; 2] = ["quan-coupon", "quan-store"];

/// One arrow: who depends on whom, and where the manifest says so.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Arrow {
    from: String,
    to: String,
    kind: DependencyKind,
}

/// The facts of the workspace, without what lies outside it.
fn metadata() -> Metadata {
    MetadataCommand::new()
        .manifest_path(crate::tree::root().join("Cargo.toml"))
        .no_deps()
        .exec()
        .expect("cargo metadata answers for the workspace")
}

/// The arrows between members of the workspace.
fn arrows(metadata: &Metadata) -> Vec<Arrow> {
    let members: Vec<&Package> = metadata.workspace_packages();
    let is_member = |name: &str| members.iter().any(|member| member.name.as_str() == name);
    let mut arrows = Vec::new();
    for member in &members {
        // A crate may name itself for its tests, which is how they get its optional features.
        let others = member.dependencies.iter().filter(|dependency| dependency.name != member.name.as_str());
        for dependency in others.filter(|dependency| is_member(&dependency.name)) {
            arrows.push(Arrow {
                from: member.name.to_string(),
                to: dependency.name.clone(),
                kind: dependency.kind,
            });
        }
    }
    arrows
}

/// What is wrong with the members and their arrows.
fn findings(members: &[String], arrows: &[Arrow]) -> Vec<String> {
    let mut found = Vec::new();
    for member in members.iter().filter(|member| *member != TESTKIT) {
        if !ROOMS.iter().any(|room| room.name == member) {
            found.push(format!("{member}: a new room needs a row in this table"));
        }
    }
    for arrow in arrows.iter().filter(|arrow| arrow.from != TESTKIT) {
        let Some(room) = ROOMS.iter().find(|room| room.name == arrow.from) else { continue };
        let planned = room.arrows.contains(&arrow.to.as_str())
            || room.extra.iter().any(|(to, _)| *to == arrow.to)
            || arrow.kind == DependencyKind::Development && IN_TESTS.contains(&arrow.to.as_str())
            // A crate names itself to switch on, in its tests, a feature that only tests need.
            || arrow.kind == DependencyKind::Development && arrow.from == arrow.to;
        if !planned {
            found.push(format!("{} must not depend on {} ({})", arrow.from, arrow.to, arrow.kind));
        }
    }
    for room in &ROOMS {
        if !members.iter().any(|member| member == room.name) {
            found.push(format!("{}: the row of a room that does not exist", room.name));
        }
        for (to, _) in room.extra {
            if !arrows.iter().any(|arrow| arrow.from == room.name && arrow.to == *to) {
                found.push(format!(
                    "{}: the extra arrow to {to} is not used; take it from the table",
                    room.name
                ));
            }
        }
    }
    found.extend(client_reaches(arrows));
    found
}

/// The forbidden crates that `quan-client` reaches outside tests.
fn client_reaches(arrows: &[Arrow]) -> Vec<String> {
    let mut reached = vec!["quan-client"];
    let mut at = 0;
    while let Some(from) = reached.get(at).copied() {
        let outside_tests = arrows.iter().filter(|arrow| arrow.kind != DependencyKind::Development);
        for arrow in outside_tests.filter(|arrow| arrow.from == from) {
            if !reached.contains(&arrow.to.as_str()) {
                reached.push(&arrow.to);
            }
        }
        at += 1;
    }
    let is_forbidden = |name: &&str| CLIENT_NEVER.contains(name) || name.starts_with("quan-store-");
    reached.into_iter().filter(is_forbidden).map(|name| format!("quan-client reaches {name}")).collect()
}

#[test]
fn the_house_keeps_its_arrows() {
    let metadata = metadata();
    let members: Vec<String> =
        metadata.workspace_packages().iter().map(|member| member.name.to_string()).collect();
    assert_none(&findings(&members, &arrows(&metadata)));
}

/// The members and arrows of a house that keeps all rules.
fn good_house() -> (Vec<String>, Vec<Arrow>) {
    let members = ROOMS.iter().map(|room| room.name.to_owned()).chain([TESTKIT.to_owned()]).collect();
    let arrows = ROOMS.iter().flat_map(|room| {
        let all = room.arrows.iter().chain(room.extra.iter().map(|(to, _)| to));
        all.map(|to| arrow(room.name, to, DependencyKind::Normal))
    });
    (members, arrows.collect())
}

/// An arrow of a sample.
fn arrow(from: &str, to: &str, kind: DependencyKind) -> Arrow {
    Arrow { from: from.to_owned(), to: to.to_owned(), kind }
}

#[test]
fn a_wrong_arrow_is_found() {
    let (members, good) = good_house();
    assert_none(&findings(&members, &good));
    let with = |wrong: Arrow| {
        let arrows: Vec<Arrow> = good.iter().cloned().chain([wrong]).collect();
        findings(&members, &arrows)
    };
    assert_eq!(
        with(arrow("quan-model", "quan-apiv3", DependencyKind::Normal)),
        ["quan-model must not depend on quan-apiv3 (normal)",]
    );
    assert_eq!(with(arrow("quan-coupon", "quan-store", DependencyKind::Build)).len(), 1);
    assert_eq!(with(arrow("quan-coupon", "quan-testkit", DependencyKind::Normal)).len(), 1);
    assert_none(&with(arrow("quan-coupon", "quan-testkit", DependencyKind::Development)));
}

#[test]
fn a_detour_of_the_client_is_found() {
    let (members, mut arrows) = good_house();
    arrows.push(arrow("quan-apiv3", "quan-coupon", DependencyKind::Normal));
    let found = findings(&members, &arrows);
    assert!(found.contains(&"quan-client reaches quan-coupon".to_owned()), "{found:?}");
}

#[test]
fn rows_and_rooms_belong_together() {
    let (mut members, mut arrows) = good_house();
    members.push("quan-new".to_owned());
    arrows.retain(|arrow| !(arrow.from == "quan-gateway" && arrow.to == "quan-coupon"));
    members.retain(|member| member != "interop");
    assert_eq!(findings(&members, &arrows).len(), 3);
}
