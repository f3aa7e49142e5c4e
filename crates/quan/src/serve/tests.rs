//! A node whose listener breaks down while it serves.

use std::net::{Shutdown, TcpStream};
use std::os::fd::OwnedFd;

use clap::{Args, FromArgMatches};
use quan_platform::Error;
use quan_platform::error::LaneError;

use super::*;
use crate::configuration::Flags;

/// A node on free ports, and its directory.
fn opened(directory: &tempfile::TempDir) -> (Configuration, Opened) {
    let keys = directory.path().join("keys");
    std::fs::create_dir(&keys).unwrap();
    PlatformKeyFiles::open(&keys, None).unwrap();
    let database = format!("sqlite:{}", directory.path().join("quan.db").display());
    let keys = keys.display().to_string();
    let arguments = [
        ["--listen", "127.0.0.1:0"],
        ["--admin-listen", "127.0.0.1:0"],
        ["--database", &database],
        ["--platform-keys", &keys],
        ["--migrate", "on"],
        ["--unready-seconds", "0"],
    ];
    let command = Flags::augment_args(clap::Command::new("serve").no_binary_name(true));
    let flags = Flags::from_arg_matches(&command.try_get_matches_from(arguments.concat()).unwrap()).unwrap();
    let (configuration, _values) = configuration::load(&flags).unwrap();
    let opened = Opened::open(&configuration).unwrap();
    (configuration, opened)
}

/// Serves, lets the socket of one listener stop listening, and gives what the node ends with.
fn ended_without(listener: impl Fn(&Opened) -> &std::net::TcpListener) -> String {
    let directory = tempfile::tempdir().unwrap();
    let (configuration, opened) = opened(&directory);
    let socket = TcpStream::from(OwnedFd::from(listener(&opened).try_clone().unwrap()));
    let (readiness, platform) = (opened.readiness.clone(), opened.node.platform.clone());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    // What breaks down before it is served is noticed as well.
    socket.shutdown(Shutdown::Both).unwrap();
    let served = runtime.block_on(async move {
        let serving = serve(configuration, opened);
        tokio::time::timeout(std::time::Duration::from_secs(60), serving).await
    });
    let ended = served.expect("it ends without a signal").expect_err("it ends with an error");
    assert!(readiness.is_draining(), "the node is not ready");
    let late = runtime.block_on(platform.write(|_| Ok::<_, Error>(())));
    assert!(matches!(late, Err(Error::Lane(LaneError::Closed))), "it has stopped in order: {late:?}");
    format!("{ended:#}")
}

#[test]
fn a_listener_that_breaks_down_ends_the_node_in_order_and_with_an_error() {
    let public = ended_without(|opened| &opened.public);
    assert!(public.starts_with("the public listener broke down: "), "{public}");
    let operator = ended_without(|opened| &opened.operator);
    assert!(operator.starts_with("the operator listener broke down: "), "{operator}");
}
