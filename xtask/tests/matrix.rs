//! What the tests have shown of every operation, as a table: built only after a whole run, from what that run wrote
//! down. No cell may be empty, and `docs/reference/coverage.md` must be this table.
//!
//! `cargo xtask ci` runs it last. After a green run, `cargo xtask matrix` writes the page anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use quan_openapi::{Face, Idempotency, Operation, operations, template, validate_request, validate_response};
use serde_json::Value;

/// Where the tests of this run wrote what they have shown.
const EVIDENCE: &str = "TEST_EVIDENCE";
/// Set when the page is to be written and not compared.
const WRITE: &str = "TEST_MATRIX_WRITE";
const PAGE: &str = "docs/reference/coverage.md";

/// What was shown of one operation.
#[derive(Default)]
struct Shown {
    requests: usize,
    answers: usize,
    happy: bool,
    refusals: BTreeSet<u64>,
    replay: bool,
    client: bool,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn name(operation: Operation) -> String {
    template(operation.method(), &operation.path()).unwrap().1
}

#[test]
fn every_cell_is_filled_by_a_test_that_ran() {
    let mut shown: BTreeMap<String, Shown> = BTreeMap::new();
    read_examples(&mut shown);
    read_evidence(&mut shown);
    let mut empty = Vec::new();
    let mut page = String::from(HEAD);
    for operation in operations().filter(|operation| operation.face() != Face::Claim) {
        let name = name(operation);
        let of = shown.entry(name.clone()).or_default();
        for (column, is_filled) in [
            ("golden request", of.requests > 0),
            ("golden answer", of.answers > 0 || operation.success_status() == 204),
            ("happy path", of.happy),
            ("refusals", !of.refusals.is_empty()),
            ("replay", of.replay),
            ("through the client", of.client),
        ] {
            if !is_filled {
                empty.push(format!("{name}: {column}"));
            }
        }
        row(&mut page, operation, of);
    }
    assert!(empty.is_empty(), "no test has shown:\n{}", empty.join("\n"));
    let path = root().join(PAGE);
    if std::env::var_os(WRITE).is_some() {
        fs::write(&path, &page).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == page, "{PAGE} is not what the tests have shown: run `cargo xtask matrix`");
}

const HEAD: &str = "<!-- made by `cargo xtask matrix` after a run of the tests -->\n\
# What the tests show of each operation · 各接口的测试覆盖\n\n\
Made from what one run of `cargo xtask ci` wrote down; a cell that no test filled would have failed the run. Every answer \
of these tests was checked against the OpenAPI document, and so was every request that was taken.\n\n\
本表由一次完整测试运行的记录生成；没有测试填上的格子会使运行失败。测试中的每个应答、每个被接受的请求都已对照 OpenAPI 文档校验。\n\n\
- Golden: example messages, request / answer, that fit the document. 示例报文（请求/应答）。\n\
- Happy: answered with success. 成功路径。\n\
- Refusals: the distinct numbers with which it was refused. 被拒绝时的错误编号。\n\
- Replay: the same call again was answered alike; reads are repeatable by nature. 重放。\n\
- Client: called through `quan-client`. 经由客户端调用。\n\n\
| Operation 接口 | Method and path | Golden | Happy | Refusals | Replay | Client |\n\
|---|---|---|---|---|---|---|\n";

fn row(page: &mut String, operation: Operation, of: &Shown) {
    let replay = match operation.idempotency() {
        Idempotency::Safe => "read",
        Idempotency::Keyed(key) => key,
        Idempotency::Natural => "natural",
        Idempotency::None => "repeated",
    };
    let numbers: Vec<String> = of.refusals.iter().map(ToString::to_string).collect();
    let tick = |is_shown: bool| if is_shown { "✓" } else { "" };
    writeln!(
        page,
        "| {} | {} `{}` | {} / {} | {} | {} | {} {replay} | {} |",
        name(operation),
        operation.method(),
        operation.path(),
        of.requests,
        of.answers,
        tick(of.happy),
        numbers.join(" "),
        tick(of.replay),
        tick(of.client),
    )
    .unwrap();
}

fn read_evidence(shown: &mut BTreeMap<String, Shown>) {
    let folder = std::env::var_os(EVIDENCE).map(PathBuf::from).expect("TEST_EVIDENCE names the folder");
    for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        for line in fs::read_to_string(entry.unwrap().path()).unwrap().lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            let of = shown.entry(line["operation"].as_str().unwrap().to_owned()).or_default();
            match line["kind"].as_str().unwrap() {
                "happy" => of.happy = true,
                "replay" => of.replay = true,
                "client" => of.client = true,
                "refusal" => {
                    of.refusals.insert(line["number"].as_u64().unwrap());
                }
                other => panic!("an unknown kind: {other}"),
            }
        }
    }
}

/// Counts the example messages that fit the document, by operation.
fn read_examples(shown: &mut BTreeMap<String, Shown>) {
    for file in files(&root().join("fixtures/examples")) {
        let text = fs::read_to_string(&file).unwrap();
        let path = file.to_string_lossy().into_owned();
        if path.ends_with(".request.json") {
            let request: Value = serde_json::from_str(&text).unwrap();
            let method = request["method"].as_str().unwrap();
            let target = request["path"].as_str().unwrap();
            let Ok((_, operation)) = template(method, target) else { continue };
            shown.entry(operation.clone()).or_default().requests += 1;
            let answer = path.replace(".request.json", ".response.json");
            let Ok(answer) = fs::read_to_string(answer) else { continue };
            let answer: Value = serde_json::from_str(&answer).unwrap();
            let status = u16::try_from(answer["status"].as_u64().unwrap()).unwrap();
            let body = answer.get("body").map(|body| body.to_string()).unwrap_or_default();
            validate_response(method, target, status, body.as_bytes())
                .unwrap_or_else(|error| panic!("{path}: {error}"));
            shown.entry(operation).or_default().answers += 1;
        } else if path.contains("/create-product-coupon/") {
            let prefix = if path.contains("/brand/") { "/brand/marketing" } else { "/v3/marketing/partner" };
            let target = format!("{prefix}/product-coupon/product-coupons");
            validate_request("POST", &target, text.as_bytes())
                .unwrap_or_else(|error| panic!("{path}: {error}"));
            let (_, operation) = template("POST", &target).unwrap();
            shown.entry(operation).or_default().requests += 1;
        } else if path.contains("/create-product-coupon.") && path.ends_with(".response.json") {
            let prefix = if path.contains("/brand/") { "/brand/marketing" } else { "/v3/marketing/partner" };
            let (_, operation) =
                template("POST", &format!("{prefix}/product-coupon/product-coupons")).unwrap();
            shown.entry(operation).or_default().answers += 1;
        }
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}
