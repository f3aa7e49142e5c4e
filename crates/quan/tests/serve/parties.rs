//! `quan parties`: declared, looked at, declared again.

use serde_json::Value;

use crate::world::{APIV3_KEY, BRAND_ID, MCHID, Place, refused, text};

#[test]
fn a_declaration_is_applied_once_and_shown_without_secrets() {
    let place = Place::new();
    let node = place.start(&[]);
    let file = place.declaration();
    let rehearsed = text(&node.parties(&place, &["apply", "--dry-run"], Some(&file)).stdout);
    for line in [
        format!("merchant {MCHID}: added"),
        format!("brand {BRAND_ID}: added"),
        format!("store 100064 of brand {BRAND_ID}: added"),
        format!("authorisation of merchant {MCHID} by brand {BRAND_ID}: given"),
        "7 changes would be made; nothing was changed".to_owned(),
    ] {
        assert!(rehearsed.lines().any(|shown| shown == line), "{line} in {rehearsed}");
    }
    let show =
        || serde_json::from_str::<Value>(&text(&node.parties(&place, &["show"], None).stdout)).unwrap();
    assert_eq!(show()["merchants"].as_array().unwrap().len(), 0, "nothing was changed");
    let applied = text(&node.parties(&place, &["apply"], Some(&file)).stdout);
    assert!(applied.ends_with("7 changes made\n"), "{applied}");
    let again = text(&node.parties(&place, &["apply"], Some(&file)).stdout);
    assert_eq!(again, "nothing to change\n");

    let shown = show();
    assert_eq!(shown["merchants"][0]["mchid"], MCHID);
    assert_eq!(shown["merchants"][0]["has_apiv3_key"], true);
    assert_eq!(shown["merchants"][0]["verification_mode"], "PUBLIC_KEY");
    assert_eq!(shown["merchants"][0]["certificates"].as_array().unwrap().len(), 1);
    assert_eq!(shown["brands"][0]["authorised"][0], MCHID);
    assert!(!shown.to_string().contains(APIV3_KEY));

    let changed = place.write(
        "changed.toml",
        &format!(
            "[[merchants]]\nmchid = \"{MCHID}\"\nname = \"Renamed\"\n\n[[brands]]\nbrand_id = \"{BRAND_ID}\"\n\
             name = \"Brand\"\nwithdrawn = [\"{MCHID}\"]\n\n[[persons]]\nperson = \"p1\"\n\
             openids = [{{ appid = \"wx7c2e91b04d5fa368\", openid = \"oAAAAAAAAAAAAAAAAAAAAAAAAAAA\" }}]\n"
        ),
    );
    let applied = text(&node.parties(&place, &["apply"], Some(&changed)).stdout);
    for line in [
        format!("merchant {MCHID}: changed: name"),
        format!("authorisation of merchant {MCHID} by brand {BRAND_ID}: withdrawn"),
        "persons: 1 openids set".to_owned(),
    ] {
        assert!(applied.lines().any(|shown| shown == line), "{line} in {applied}");
    }
    let shown = show();
    assert_eq!(shown["merchants"][0]["has_apiv3_key"], true, "what is not mentioned stays");
    assert_eq!(shown["persons"], 1);
}

#[test]
fn everything_wrong_is_said_at_once_and_nothing_is_written() {
    let place = Place::new();
    let node = place.start(&[]);
    place.write("short", "short");
    let file = place.write(
        "wrong.toml",
        &format!(
            "[[merchants]]\nmchid = \"{MCHID}\"\nname = \"M\"\napiv3_key_file = \"short\"\n\n\
             [[merchants]]\nmchid = \"{MCHID}\"\nname = \"N\"\n\n\
             [[brands]]\nbrand_id = \"{BRAND_ID}\"\nname = \"B\"\nauthorised = [\"1900000002\"]\n\n\
             [[appids]]\nappid = \"wx7c2e91b04d5fa368\"\nowners = [\"brand:999999\"]\n"
        ),
    );
    let said = refused(&node.parties(&place, &["apply"], Some(&file)));
    for problem in [
        format!("merchant {MCHID} is declared twice"),
        format!("merchant {MCHID}: apiv3_key should have 32 bytes"),
        format!("authorisation of merchant 1900000002 by brand {BRAND_ID}: there is no such merchant"),
        "appid wx7c2e91b04d5fa368: there is no brand:999999".to_owned(),
    ] {
        assert!(said.contains(&problem), "{problem} in {said}");
    }
    let shown = text(&node.parties(&place, &["show"], None).stdout);
    assert!(!shown.contains(MCHID), "{shown}");
    for (lines, problem) in [
        ("[[merchants]]\nmchid = \"not a number\"\nname = \"M\"\n", "merchants[0].mchid"),
        ("[[merchants]]\nname = \"M\"\n", "missing field `mchid`"),
        ("[[merchant]]\n", "unknown field `merchant`"),
        (
            "[[merchants]]\nmchid = \"1900000003\"\nname = \"M\"\ncertificates = [\"no PEM\"]\n",
            "merchants[0].certificates[0]",
        ),
        ("[[appids]]\nappid = \"wx7c2e91b04d5fa368\"\nowners = [\"nobody\"]\n", "appids[0].owners[0]"),
    ] {
        let file = place.write("wrong.toml", lines);
        let said = refused(&node.parties(&place, &["apply"], Some(&file)));
        assert!(said.contains(problem), "{problem} in {said}");
    }
}

#[test]
fn without_the_right_token_nothing_is_shown() {
    let place = Place::new();
    let node = place.start(&[]);
    place.write("token", "another-token-of-many-characters");
    let said = refused(&node.parties(&place, &["show"], None));
    assert!(
        said.contains("401") && said.contains("the admin token that the node was started with"),
        "{said}"
    );
}
