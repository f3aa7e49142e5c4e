//! The world of the story: the running platform, the merchant's clients, the receiver, and how they speak.

use std::future::Future;
use std::path::{Path, PathBuf};

use anyhow::Context;
use http::StatusCode;
use quan_client::{Async, Call, Client, Error, FromReply, blocking};
use quan_model::busifavor::{PreSendRequest, PreSendToken};
use quan_model::coupon::UserCoupon;
use quan_model::entropy;
use quan_model::notification::SendResource;
use quan_model::product_coupon::ConfirmUserCouponRequest;
use quan_model::time::Time;
use tokio::task::JoinSet;

use crate::demo::child::PlatformProcess;
use crate::demo::plain::{CLOCK, Plain};
use crate::demo::receiver::Receiver;
use crate::demo::story::Story;
use crate::entropy::SystemEntropy;
use crate::sandbox::Sandbox;

/// Everyone in the story.
pub(crate) struct World {
    pub(crate) story: Story,
    pub(crate) platform: PlatformProcess,
    pub(crate) sandbox: Sandbox,
    pub(crate) client: Client,
    pub(crate) blocking: blocking::Client,
    pub(crate) plain: Plain,
    pub(crate) receiver: Receiver,
    data: PathBuf,
    /// Part of every request number, so that a second run on the same directory is no replay.
    run: String,
}

impl World {
    /// Starts the platform and the receiver.
    pub(crate) async fn begin(data: &Path) -> anyhow::Result<Self> {
        let (platform, sandbox) = PlatformProcess::start(data).await?;
        let (client, blocking) = clients(&sandbox)?;
        let receiver = Receiver::start(client.notifications()).await?;
        Ok(Self {
            story: Story::new(),
            plain: Plain::new(&sandbox),
            platform,
            sandbox,
            client,
            blocking,
            receiver,
            data: data.to_owned(),
            run: entropy::text(&SystemEntropy, entropy::ALPHANUMERIC, 8),
        })
    }

    /// Starts the platform again on the same directory. Its port is a new one.
    pub(crate) async fn start_again(&mut self) -> anyhow::Result<()> {
        (self.platform, self.sandbox) = PlatformProcess::start(&self.data).await?;
        (self.client, self.blocking) = clients(&self.sandbox)?;
        self.plain = Plain::new(&self.sandbox);
        Ok(())
    }

    /// A request number of this run, 6 to 40 characters.
    pub(crate) fn number(&self, purpose: &str) -> String {
        format!("{purpose}_{}", self.run)
    }

    /// Another user than those of the sandbox.
    pub(crate) fn guest(&self, group: &str, number: usize) -> String {
        format!("oDemo{}{group}{number:05}", self.run)
    }

    /// The first user of the sandbox.
    pub(crate) fn openid(&self) -> anyhow::Result<&str> {
        self.sandbox.openids.first().map(String::as_str).context("the sandbox has no users")
    }

    /// A signed call that should succeed; it is printed with what its answer means.
    pub(crate) async fn ask<T: FromReply>(
        &self,
        describe: impl Fn(&Client) -> Call<Async, T>,
        meaning: impl FnOnce(&T) -> String,
    ) -> anyhow::Result<T> {
        let prepared = describe(&self.client).prepare()?;
        let (method, path) = (prepared.method.as_str(), path_of(&prepared.request_target));
        let reply = describe(&self.client).await?;
        let status = reply.meta().status;
        let data = reply.into_inner();
        self.story.exchange(method, path, status, &meaning(&data));
        Ok(data)
    }

    /// A signed call that should be refused with this number.
    pub(crate) async fn refused<T: FromReply>(
        &self,
        describe: impl Fn(&Client) -> Call<Async, T>,
        number: u64,
        meaning: &str,
    ) -> anyhow::Result<()> {
        let prepared = describe(&self.client).prepare()?;
        let (method, path) = (prepared.method.as_str(), path_of(&prepared.request_target));
        match describe(&self.client).await {
            Err(Error::Api(refusal)) if refusal.detail_code == Some(number) => {
                let line = format!("{} {number} “{}”: {meaning}", refusal.code, refusal.message);
                self.story.exchange(method, path, refusal.status, &line);
                Ok(())
            }
            Err(other) => Err(anyhow::Error::new(other).context(format!("expected a refusal with {number}"))),
            Ok(reply) => anyhow::bail!(
                "{method} {path} should have been refused with {number}, but got {}",
                reply.meta().status
            ),
        }
    }

    /// The rules' clock. Times in requests come from it, never from our own clock.
    pub(crate) async fn now(&self) -> anyhow::Result<Time> {
        let now = self.plain.now().await?;
        self.story.exchange("GET", CLOCK, StatusCode::OK, &format!("it is {now} for the rules"));
        Ok(now)
    }

    /// Moves the rules' clock.
    pub(crate) async fn advance(&self, seconds: i64, why: &str) -> anyhow::Result<()> {
        let now = self.plain.advance(seconds).await?;
        let meaning = format!("clock moved {seconds} s to {now}: {why}");
        self.story.exchange("POST", CLOCK, StatusCode::OK, &meaning);
        Ok(())
    }

    /// A pre-send on the busifavor face for a user of the sandbox's appid.
    pub(crate) fn pre_send_body(&self, stock_id: &str, openid: &str, number: &str) -> PreSendRequest {
        PreSendRequest::new(stock_id, &self.sandbox.appid, number).openid(openid)
    }

    /// The merchant confirms a coupon that a notification told of.
    pub(crate) fn confirmation(&self, coupon: &SendResource) -> ConfirmUserCouponRequest {
        ConfirmUserCouponRequest {
            product_coupon_id: coupon.product_coupon_id.clone(),
            stock_id: coupon.stock_id.clone(),
            appid: coupon.appid.clone(),
            out_request_no: format!("CONFIRM_{}", coupon.coupon_code),
            brand_id: Some(self.sandbox.brand.brand_id.clone()),
        }
    }

    /// Confirms coupons of notifications all at once, unprinted.
    pub(crate) async fn confirm_all(&self, coupons: &[SendResource]) -> anyhow::Result<Vec<UserCoupon>> {
        let calls = coupons.iter().map(|coupon| {
            let call = coupon_of(&self.client, coupon).confirm().post(&self.confirmation(coupon));
            async move { Ok(call.await?.into_inner()) }
        });
        all(calls).await
    }
}

/// The node of a coupon in the typed tree.
pub(crate) fn coupon_of<'c>(
    client: &'c Client,
    coupon: &SendResource,
) -> quan_client::v3::partner::CouponCode<'c, Async> {
    let users = client.v3().marketing().partner().product_coupon().users();
    users.openid(&coupon.openid).coupons().coupon_code(&coupon.coupon_code)
}

/// The typed pre-send of the busifavor face.
pub(crate) fn pre_send(client: &Client, body: &PreSendRequest) -> Call<Async, PreSendToken> {
    client.v3().marketing().busifavor().product_coupons().pre_send().post(body)
}

/// Runs tasks side by side and gives their results in no particular order; the first failure ends all.
pub(crate) async fn all<T: Send + 'static>(
    tasks: impl IntoIterator<Item = impl Future<Output = anyhow::Result<T>> + Send + 'static>,
) -> anyhow::Result<Vec<T>> {
    let mut running: JoinSet<_> = tasks.into_iter().collect();
    let mut results = Vec::with_capacity(running.len());
    while let Some(ended) = running.join_next().await {
        results.push(ended.context("a task broke down")??);
    }
    Ok(results)
}

fn clients(sandbox: &Sandbox) -> anyhow::Result<(Client, blocking::Client)> {
    Ok((crate::call::builder(sandbox)?.build()?, crate::call::client(sandbox)?))
}

/// Printed lines leave out the query: it repeats ids that the path and the steps before have shown.
fn path_of(request_target: &str) -> &str {
    request_target.split_once('?').map_or(request_target, |(path, _)| path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printed_path_has_no_query() {
        assert_eq!(path_of("/v3/stocks/1?brand_id=2"), "/v3/stocks/1");
        assert_eq!(path_of("/v3/stocks/1"), "/v3/stocks/1");
    }
}
