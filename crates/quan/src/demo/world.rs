//! Everyone on stage: the platform's process, the client in both modes, the receiver, the clock.

use std::path::{Path, PathBuf};

use anyhow::Context;
use quan_client::{Async, Call, Client, Error, FromReply, blocking};
use quan_model::time::Time;
use serde_json::{Value, json};

use crate::call;
use crate::demo::plain_http::{self, Answer};
use crate::demo::platform_process::PlatformProcess;
use crate::demo::receiver::Receiver;
use crate::demo::story::Story;
use crate::sandbox::Sandbox;

/// The stage.
pub(super) struct World {
    pub(super) platform: PlatformProcess,
    pub(super) sandbox: Sandbox,
    pub(super) client: Client,
    pub(super) blocking: blocking::Client,
    pub(super) receiver: Receiver,
    data: PathBuf,
}

impl World {
    /// Starts platform and receiver.
    pub(super) async fn begin(data: &Path, story: &Story) -> anyhow::Result<Self> {
        story.note("Starting a platform on the embedded store, on a free loopback port …");
        let (platform, sandbox) = PlatformProcess::start(data).await?;
        let client = call::builder(&sandbox)?.build()?;
        let receiver = Receiver::start(client.notifications()).await?;
        Ok(Self {
            platform,
            blocking: call::client(&sandbox)?,
            client,
            sandbox,
            receiver,
            data: data.to_path_buf(),
        })
    }

    /// Starts the platform again on the same directory, after it was killed.
    pub(super) async fn restart(&mut self) -> anyhow::Result<()> {
        let (platform, sandbox) = PlatformProcess::start(&self.data).await?;
        self.client = call::builder(&sandbox)?.build()?;
        self.blocking = call::client(&sandbox)?;
        (self.platform, self.sandbox) = (platform, sandbox);
        Ok(())
    }

    /// Says who takes part.
    pub(super) fn introduce(&self, story: &Story) {
        let sandbox = &self.sandbox;
        story.note(&format!("platform   {}", sandbox.base_url));
        story.note(&format!("receiver   {}", self.receiver.url));
        story.note(&format!(
            "merchant   {} (certificate {})",
            sandbox.merchant.mchid, sandbox.merchant.serial_no
        ));
        story.note(&format!("brand      {}, which has authorised the merchant", sandbox.brand.brand_id));
        story.note(&format!("appid      {}, bound to both", sandbox.appid));
        story.note(&format!("users      {}", sandbox.openids.join(", ")));
        story.note(&format!("keys       {} (RSA-2048, made now)", sandbox.platform.public_key_id));
    }

    /// One of the users.
    pub(super) fn openid(&self, index: usize) -> String {
        self.sandbox.openids.get(index).cloned().unwrap_or_else(|| format!("oDemoUser{index:019}"))
    }

    /// A claim call.
    pub(super) async fn claim(&self, call: &str, token: &str) -> anyhow::Result<Answer> {
        plain_http::post(
            &self.sandbox.base_url,
            &format!("/claim/v1/{call}"),
            None,
            &json!({ "token": token }),
        )
        .await
    }

    /// The rules' clock.
    pub(super) async fn now(&self) -> anyhow::Result<Time> {
        let (_, answer) =
            plain_http::get(&self.sandbox.base_url, "/_quan/clock", Some(&self.sandbox.admin_token)).await?;
        time(&answer)
    }

    /// Moves the rules' clock forward.
    pub(super) async fn advance(&self, story: &Story, seconds: i64) -> anyhow::Result<Time> {
        let body = json!({ "advance_seconds": seconds });
        let (status, answer) =
            plain_http::post(&self.sandbox.base_url, "/_quan/clock", Some(&self.sandbox.admin_token), &body)
                .await?;
        anyhow::ensure!(status == 200, "the clock was not moved: {answer}");
        let now = time(&answer)?;
        story.exchange(
            "POST",
            "/_quan/clock",
            status,
            &format!("the rules' clock moves {seconds} s, to {now}"),
        );
        Ok(now)
    }
}

fn time(answer: &Value) -> anyhow::Result<Time> {
    Ok(answer["now"].as_str().context("the clock tells no time")?.parse()?)
}

/// Makes a signed call that must succeed, and tells it.
pub(super) async fn ask<T: FromReply>(
    story: &Story,
    method: &str,
    path: &str,
    call: Call<Async, T>,
    meaning: impl FnOnce(&T) -> String,
) -> anyhow::Result<T> {
    let reply = call.await.with_context(|| format!("{method} {path} failed"))?;
    let (data, meta) = reply.into_parts();
    story.exchange(method, path, meta.status.as_u16(), &meaning(&data));
    Ok(data)
}

/// Makes a signed call that must be refused with this number, and tells it.
pub(super) async fn refused<T: FromReply>(
    story: &Story,
    path: &str,
    call: Call<Async, T>,
    number: u64,
) -> anyhow::Result<()> {
    match call.await {
        Err(Error::Api(refusal)) if refusal.detail_code == Some(number) => {
            let meaning = format!("{} {number} {}", refusal.code.as_str(), refusal.message);
            story.exchange("POST", path, refusal.status.as_u16(), &meaning);
            Ok(())
        }
        Err(error) => Err(error).with_context(|| format!("{path} was refused, but not with {number}")),
        Ok(_) => anyhow::bail!("{path} was not refused, though {number} was expected"),
    }
}

/// The beginning of a token: the rest is a secret.
pub(super) fn shown(token: &str) -> String {
    format!("token {}…", token.chars().take(6).collect::<String>())
}
