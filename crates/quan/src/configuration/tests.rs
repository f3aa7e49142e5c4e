//! Sources, their order, and what is said of everything that is wrong.

use std::ffi::OsString;

use clap::{Args, FromArgMatches};

use super::*;

/// The flags of a command line.
fn flags(arguments: &[&str]) -> Flags {
    let command = Flags::augment_args(clap::Command::new("serve").no_binary_name(true));
    Flags::from_arg_matches(&command.try_get_matches_from(arguments).unwrap()).unwrap()
}

/// What a node needs at least.
const NEEDED: [&str; 4] = ["--database", "sqlite:quan.db", "--platform-keys", "keys"];

fn read(arguments: &[&str], variables: &[(&str, &str)]) -> Result<(Configuration, Values), Vec<String>> {
    let variables = variables.iter().map(|(name, value)| (OsString::from(name), OsString::from(value)));
    load_from(&flags(arguments), variables).map_err(|problems| problems.0)
}

/// The problems of a file that has these lines besides what is needed.
fn of_file(lines: &str) -> Vec<String> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), lines).unwrap();
    let name = file.path().display().to_string();
    let arguments: Vec<&str> = NEEDED.into_iter().chain(["--config", &name]).collect();
    let problems = read(&arguments, &[]).err().unwrap_or_default();
    problems.into_iter().map(|problem| problem.replace(&name, "quan.toml")).collect()
}

#[test]
fn flags_win_over_variables_over_the_file_over_defaults() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "connections_max = 3\nhead_seconds = 3\nbody_seconds = 3\n").unwrap();
    let config = file.path().display().to_string();
    let arguments: Vec<&str> = NEEDED.into_iter().chain(["--connections-max", "1"]).collect();
    let variables =
        [("QUAN_CONFIG", config.as_str()), ("QUAN_CONNECTIONS_MAX", "2"), ("QUAN_HEAD_SECONDS", "2")];
    let (configuration, mut values) = read(&arguments, &variables).unwrap();
    assert_eq!(configuration.connections_max.get(), 1);
    assert_eq!(configuration.head_seconds.get().as_secs(), 2);
    assert_eq!(configuration.body_seconds.get().as_secs(), 3);
    assert_eq!(configuration.request_seconds.get().as_secs(), 30);
    let shown = effective(&mut values);
    for line in [
        "connections_max = 1  # flag --connections-max",
        "head_seconds = 2  # environment variable QUAN_HEAD_SECONDS",
        &format!("body_seconds = 3  # {config}:3"),
        "request_seconds = 30  # default",
        "# public_url is not set",
        "rate_limits = true  # default",
    ] {
        assert!(shown.lines().any(|shown| shown == line), "{line} in {shown}");
    }
}

#[test]
fn what_must_be_given_is_asked_for_all_at_once() {
    let problems = read(&[], &[]).err().unwrap();
    assert_eq!(problems.len(), 2, "{problems:?}");
    for (problem, key) in problems.iter().zip(["database", "platform_keys"]) {
        assert!(problem.starts_with(&format!("{key} is not set: give --")), "{problem}");
    }
}

#[test]
fn every_kind_of_wrong_value_is_named_with_its_line_and_what_is_allowed() {
    for (line, said) in [
        ("listen = \"8686\"", "quan.toml:1: listen \"8686\" is not allowed; give an IP address with a port"),
        (
            "connections_max = 0",
            "quan.toml:1: connections_max \"0\" is not allowed; give a whole number from 1 to 1000000",
        ),
        (
            "connections_max = \"9\"",
            "quan.toml:1: connections_max should be a whole number without quotation marks",
        ),
        (
            "header_bytes_max = 8191",
            "quan.toml:1: header_bytes_max \"8191\" is not allowed; give a whole number from 8192 to",
        ),
        ("head_seconds = 1.5", "quan.toml:1: head_seconds should be a whole number"),
        ("rate_limits = \"on\"", "quan.toml:1: rate_limits should be true or false without quotation marks"),
        ("probe_ratio = 1.1", "quan.toml:1: probe_ratio \"1.1\" is not allowed; give a number from 0 to 1"),
        ("log_format = \"xml\"", "quan.toml:1: log_format \"xml\" is not allowed; give text or json"),
        (
            "public_url = \"https://a.example.com/\"",
            "quan.toml:1: public_url \"https://a.example.com/\" is not allowed; give a URL",
        ),
        ("claim_origins = \"https://a\"", "quan.toml:1: claim_origins should be a list of texts"),
        (
            "claim_origins = [\"https://a/b\"]",
            "quan.toml:1: claim_origins \"https://a/b\" is not allowed; give origins",
        ),
        ("conections_max = 5", "quan.toml:1: conections_max is no setting; did you mean connections_max?"),
        ("\n[tls]\nkey = 1", "quan.toml:2: tls is no setting; `quan config example` lists them all"),
        ("listen = ", "quan.toml:1: "),
        ("tls_key_file = \"a\"", "tls_key_file is set without tls_certificate_file: set both"),
        ("admin_listen = \"127.0.0.1:8686\"", "listen and admin_listen are both 127.0.0.1:8686"),
        ("admin_token_file = \"/nowhere/at/all\"", "quan.toml:1: the file /nowhere/at/all cannot be read"),
        ("no_certificate_code = \"MISSING\"", "give RESOURCE_NOT_EXISTS or NOT_FOUND"),
    ] {
        let problems = of_file(line);
        assert!(problems.iter().any(|problem| problem.contains(said)), "{line}: {problems:?}");
    }
    let problems = of_file("head_seconds = 0\nbody_seconds = 0\nnonsense = 1\n");
    assert_eq!(problems.len(), 3, "all at once: {problems:?}");
}

#[test]
fn variables_are_named_and_those_of_an_orchestrator_are_left_alone() {
    let strange = [
        ("QUAN_SERVICE_HOST", "10.0.0.1"),
        ("QUAN_PORT", "tcp://10.0.0.1:8686"),
        ("QUAN_PORT_8686_TCP", "tcp://10.0.0.1:8686"),
        ("PATH", "/bin"),
    ];
    assert!(read(&NEEDED, &strange).is_ok());
    let problems = read(&NEEDED, &[("QUAN_LISTENS", "x")]).err().unwrap();
    assert_eq!(problems, ["environment variable QUAN_LISTENS is no setting; did you mean QUAN_LISTEN?"]);
    let problems = read(&NEEDED, &[("QUAN_DRAIN_SECONDS", "soon")]).err().unwrap();
    assert_eq!(
        problems,
        [
            "environment variable QUAN_DRAIN_SECONDS: drain_seconds \"soon\" is not allowed; give whole seconds from 1 to 600"
        ]
    );
}

#[test]
fn a_flag_that_is_wrong_is_named() {
    let arguments: Vec<&str> = NEEDED.into_iter().chain(["--request-seconds", "0"]).collect();
    let problems = read(&arguments, &[]).err().unwrap();
    assert!(problems[0].starts_with("flag --request-seconds: request_seconds \"0\""), "{problems:?}");
}

#[test]
fn a_switch_alone_means_on() {
    let arguments: Vec<&str> = NEEDED.into_iter().chain(["--migrate", "--rate-limits", "off"]).collect();
    let (configuration, _) = read(&arguments, &[]).unwrap();
    assert!(configuration.migrate && !configuration.rate_limits);
}

#[test]
fn secrets_come_from_files_and_are_shown_nowhere() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let secret = "geheim-geheim-geheim-geheim";
    std::fs::write(file.path(), format!("{secret}\n")).unwrap();
    let name = file.path().display().to_string();
    let database = format!("postgres://quan:{secret}@db/quan");
    let arguments = ["--platform-keys", "keys", "--admin-token-file", &name, "--database", &database];
    let (configuration, mut values) = read(&arguments, &[]).unwrap();
    assert_eq!(configuration.admin_token.as_ref().unwrap().reveal(), secret);
    let shown = effective(&mut values) + &format!("{configuration:?}");
    assert!(!shown.contains("geheim"), "{shown}");
    assert!(shown.contains("postgres://quan:***@db/quan"), "{shown}");

    let both: Vec<&str> = arguments.into_iter().chain(["--admin-token", secret]).collect();
    let problems = read(&both, &[]).err().unwrap();
    assert!(problems[0].contains("admin_token and admin_token_file are both set"), "{problems:?}");
    std::fs::write(file.path(), "short").unwrap();
    let problems = read(&arguments, &[]).err().unwrap();
    assert!(problems[0].contains("admin_token is not allowed; give 20 to 200"), "{problems:?}");
    assert!(!problems[0].contains("short"), "{problems:?}");
    let wrong = "mysql://quan:geheim@db/quan";
    let problems = read(&["--platform-keys", "keys", "--database", wrong], &[]).err().unwrap();
    assert!(
        !problems[0].contains("geheim") && problems[0].contains("sqlite:<file> or postgres://"),
        "{problems:?}"
    );
}

#[test]
fn the_example_is_a_file_that_can_be_read_back() {
    let lines: String = example()
        .lines()
        .filter(|line| line.starts_with("# ") && line.contains(" = "))
        .filter(|line| !line.contains("..."))
        .map(|line| format!("{}\n", &line[2..]))
        .collect();
    let settings =
        lines.lines().filter(|line| all().any(|setting| line.starts_with(&format!("{} =", setting.key))));
    assert_eq!(settings.count(), all().count() - 1, "all but the token, which has no sample:\n{lines}");
    let file = tempfile::NamedTempFile::new().unwrap();
    // Files that it names are not there.
    let lines: String = lines
        .lines()
        .filter(|line| {
            !line.contains("= \"/etc/quan/database\"") && !line.contains("= \"/etc/quan/admin_token\"")
        })
        .map(|line| format!("{line}\n"))
        .collect();
    std::fs::write(file.path(), &lines).unwrap();
    let name = file.path().display().to_string();
    let read = read(&["--config", &name], &[]);
    assert!(read.is_ok(), "{:?}", read.err());
}

#[test]
fn the_reference_pages_are_fresh() {
    for (language, ending, argument) in [(Language::En, "", ""), (Language::Zh, ".zh-CN", " --language zh")] {
        let page = format!("docs/reference/configuration{ending}.md");
        let file = format!("{}/../../{page}", env!("CARGO_MANIFEST_DIR"));
        let kept = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(
            kept == reference(language),
            "{page} is old: cargo run -- config reference{argument} > {page}"
        );
    }
}
