//! The client of this repository against a server that nobody here trusts: it is built on the `cryptography` package
//! of Python, verifies our requests with its own few lines, and misbehaves on purpose. Each misbehaviour has the
//! specified error, from the async and from the blocking client, and none is taken for truth.

use anyhow::{Context, Result};
use interop::{python_with_sdk, repository};
use quan_client::error::{Code, Phase, TransportError, VerificationReason};
use quan_client::{Builder, Client, Error, Merchant, PublicKey, Raw, Reply, Retry, Trust};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// Long enough for an answer of this machine under load; the slow answers never come.
const ATTEMPT: Duration = Duration::from_millis(1500);

struct Hostile {
    process: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    folder: TempDir,
    facts: Value,
}

impl Hostile {
    fn start() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut process = Command::new(python_with_sdk()?)
            .arg(repository().join("interop/python/hostile.py"))
            .arg(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start hostile.py")?;
        let input = process.stdin.take();
        let output = BufReader::new(process.stdout.take().context("it has an output")?);
        let mut hostile = Self { process, input, output, folder, facts: Value::Null };
        hostile.facts = hostile.line()?;
        Ok(hostile)
    }

    fn line(&mut self) -> Result<Value> {
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        serde_json::from_str(&line).with_context(|| format!("hostile.py told {line:?}"))
    }

    /// What arrived since the last time.
    fn arrived(&mut self) -> Result<Vec<Value>> {
        self.input.as_mut().context("it has an input")?.write_all(b"\n")?;
        Ok(self.line()?.as_array().cloned().unwrap_or_default())
    }

    fn builder(&self) -> Result<Builder> {
        let text = |name: &str| self.facts[name].as_str().unwrap_or_default();
        let file = |name: &str| std::fs::read_to_string(self.folder.path().join(name));
        let builder = Client::builder()
            .merchant(Merchant::new(text("mchid"), text("serial_no"), file("merchant_key.pem")?)?)
            .trust(PublicKey::new(text("public_key_id"), file("platform_public.pem")?)?)
            .base_urls([format!("http://127.0.0.1:{}", self.facts["port"])])
            .retry(Retry::none());
        Ok(builder)
    }
}

impl Drop for Hostile {
    fn drop(&mut self) {
        drop(self.input.take());
        // It ends by itself once its input is closed; what does not is ended.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

type Outcome = Result<Reply<Raw>, Error>;

/// The outcome of one call from each client, in this order: async, blocking.
async fn outcomes(hostile: &Hostile, behaviour: &str) -> Result<[Outcome; 2]> {
    let body = json!({ "out_request_no": "hostile_0001", "openid": "oh-394z-券" });
    let path = format!("v3/hostile/{behaviour}");
    let asynchronous = hostile.builder()?.build()?.chain(&path).post(&body).timeout(ATTEMPT).await;
    let blocking = hostile.builder()?.build_blocking()?;
    let blocking =
        tokio::task::spawn_blocking(move || blocking.chain(path).post(&body).timeout(ATTEMPT).send());
    Ok([asynchronous, blocking.await?])
}

fn is_untrusted(error: &Error, reason: &VerificationReason) -> bool {
    matches!(error, Error::Verification(found) if found.reason == *reason)
}

fn is_unsigned(error: &Error, status: u16, code: &Code) -> bool {
    matches!(error, Error::Api(found)
        if found.status == status && found.code == *code && found.trust == Trust::Unsigned)
}

/// Whether the error is the one that is specified for the behaviour.
fn is_as_specified(behaviour: &str, error: &Error) -> bool {
    use VerificationReason as R;
    match behaviour {
        "bad-signature" | "tampered" | "wrong-key" | "not-base64" => is_untrusted(error, &R::BadSignature),
        "forged-4xx" => is_untrusted(error, &R::BadSignature) && error.status().is_some_and(|it| it == 404),
        "unknown-serial" => is_untrusted(error, &R::UnknownKey("PUB_KEY_ID_OF_NOBODY".to_owned())),
        "stale" | "early" => {
            matches!(error, Error::Verification(found) if matches!(found.reason, R::Stale { server, local }
                if (595..=605).contains(&server.abs_diff(local))))
        }
        "beyond-time" => is_untrusted(error, &R::InvalidTimestamp),
        "probe" => is_untrusted(error, &R::SignProbe),
        "missing-header" | "unsigned-2xx" | "unsigned-204" => is_untrusted(error, &R::MissingHeaders),
        "unsigned-4xx" => is_unsigned(error, 404, &Code::ResourceNotExists),
        "unsigned-5xx" => is_unsigned(error, 500, &Code::SystemError),
        "gateway-page" => is_unsigned(error, 502, &Code::Other(String::new())),
        "redirect" => is_unsigned(error, 302, &Code::Other(String::new())),
        "signed-redirect" => matches!(error, Error::Api(found) if found.status == 307),
        "truncated" | "closed" | "no-http" => {
            matches!(error, Error::Transport { reason: TransportError::Read(_), .. })
        }
        "slow" | "silent" => {
            matches!(error, Error::Transport { reason: TransportError::Timeout(Phase::Read), .. })
        }
        "huge" => matches!(error, Error::Transport { reason: TransportError::TooLarge { .. }, .. }),
        _ => false,
    }
}

const BEHAVIOURS: [&str; 24] = [
    "bad-signature",
    "tampered",
    "wrong-key",
    "not-base64",
    "forged-4xx",
    "unknown-serial",
    "stale",
    "early",
    "beyond-time",
    "probe",
    "missing-header",
    "unsigned-2xx",
    "unsigned-204",
    "unsigned-4xx",
    "unsigned-5xx",
    "gateway-page",
    "redirect",
    "signed-redirect",
    "truncated",
    "closed",
    "no-http",
    "slow",
    "silent",
    "huge",
];

#[tokio::test]
async fn what_is_good_is_verified_by_both_sides() -> Result<()> {
    let mut hostile = Hostile::start()?;
    for reply in outcomes(&hostile, "good").await? {
        let reply = reply?;
        assert!(matches!(&reply.meta().trust, Trust::Verified { .. }));
        assert_eq!(reply.text()?, r#"{"token":"T"}"#);
    }
    for reply in outcomes(&hostile, "refused").await? {
        let error = reply.err().context("a refusal")?;
        assert!(error.is_definite_refusal() && !error.may_have_taken_effect(), "{error}");
        assert_eq!(error.code(), Some(&Code::ResourceNotExists));
    }
    let arrived = hostile.arrived()?;
    assert_eq!(arrived.len(), 4);
    for request in arrived {
        assert_eq!(request["is_signed"], true, "{request}");
        assert_eq!(request["body"], r#"{"openid":"oh-394z-券","out_request_no":"hostile_0001"}"#);
    }
    Ok(())
}

#[tokio::test]
async fn no_misbehaviour_is_taken_for_truth() -> Result<()> {
    let mut hostile = Hostile::start()?;
    for behaviour in BEHAVIOURS {
        let outcomes = outcomes(&hostile, behaviour).await?;
        for (client, outcome) in ["async", "blocking"].into_iter().zip(outcomes) {
            let Err(error) = outcome else { panic!("{behaviour} is believed by the {client} client") };
            assert!(is_as_specified(behaviour, &error), "{behaviour}, {client}: {error:?}");
            // The request was read, and nobody trustworthy said that nothing happened.
            assert!(error.may_have_taken_effect(), "{behaviour}, {client}");
            assert!(!error.is_definite_refusal(), "{behaviour}, {client}");
        }
        let arrived = hostile.arrived()?;
        assert_eq!(arrived.len(), 2, "{behaviour}: {arrived:?}");
        for request in arrived {
            assert_eq!(
                (&request["is_signed"], &request["is_foreign"]),
                (&json!(true), &json!(false)),
                "{request}"
            );
        }
    }
    Ok(())
}

/// Without this, the server might take anything for signed.
#[tokio::test]
async fn the_server_refuses_a_request_that_another_key_signed() -> Result<()> {
    let (mut hostile, other) = (Hostile::start()?, Hostile::start()?);
    let key = std::fs::read_to_string(other.folder.path().join("merchant_key.pem"))?;
    let text = |name: &str| hostile.facts[name].as_str().unwrap_or_default();
    let stranger = Merchant::new(text("mchid"), text("serial_no"), key)?;
    let client = hostile.builder()?.merchant(stranger).build()?;
    let error = client.chain("v3/hostile/good").get().await.err().context("a refusal")?;
    assert!(error.is_signature_error() && !error.is_definite_refusal(), "{error}");
    assert_eq!(hostile.arrived()?[0]["is_signed"], false);
    Ok(())
}
