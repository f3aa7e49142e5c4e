//! Step 8: the platform is killed in the middle of a burst and started again; then everything that was
//! answered is looked for.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use http::StatusCode;
use quan_client::{Client, Error, Retry};
use quan_model::busifavor::PreSendRequest;
use quan_model::claim::{ClaimStatus, OpenResponse, ReceiveResponse};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::demo::offer::Offers;
use crate::demo::plain::{OPEN, Plain, RECEIVE};
use crate::demo::stampede::{confirm_all_of, get_stock};
use crate::demo::world::{World, all, pre_send};

const PRE_SEND: &str = "/v3/marketing/busifavor/product-coupons/pre-send";
/// Users who come one after another in one task.
const USERS_PER_TASK_MAX: usize = 500;
/// Tasks of the burst.
const TASKS: usize = 16;
/// The kill comes after this many claims were answered, while the tasks go on.
const CLAIMS_BEFORE_KILL: usize = 80;
/// How long the burst may take to get there.
const BURST_MAX: Duration = Duration::from_secs(30);
/// The number of a request number used with other data (semantics 0.2 R-MISMATCH).
const MISMATCH: u64 = 268_578_927;
/// Leases of the killed process last 30 s, and retries come 60 s after a failure, on the rules' clock.
const PAST_LEASES_SECONDS: i64 = 61;

/// How far a user came before the platform was gone.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Answered {
    Nothing,
    PreSend,
    Claim,
}

/// One user of the burst.
struct Attempt {
    request: PreSendRequest,
    answered: Answered,
}

/// Kills the platform in a burst, starts it again and audits.
pub(crate) async fn tell(world: &mut World, offers: &Offers) -> anyhow::Result<()> {
    world.story.step("Killed hard in the middle of a burst, and started again on the same file");
    let attempts = burst_and_kill(world, &offers.burst.stock_id).await?;
    let count = |least: Answered| attempts.iter().filter(|attempt| attempt.answered >= least).count();
    let (pre_sent, claimed) = (count(Answered::PreSend), count(Answered::Claim));
    world.story.burst(pre_sent, "POST", PRE_SEND, StatusCode::OK, "answered before the kill");
    world.story.burst(claimed, "POST", RECEIVE, StatusCode::OK, "answered before the kill");
    let known = world.receiver.known(&offers.burst.stock_id);
    world.story.say(&format!("{} users were cut off without an answer", attempts.len() - claimed));
    world.story.say(&format!("{known} notifications had arrived when the platform was gone"));
    world.start_again().await?;
    world.story.say(&format!("process {} is up at {}", world.platform.id(), world.sandbox.base_url));
    world.advance(PAST_LEASES_SECONDS, "what the killed process had leased comes free").await?;

    let issued = audit(world, &attempts, &offers.single.stock_id).await?;
    world
        .story
        .proved(format!("after the kill every answered pre-send ({pre_sent}) is there, by its number"));
    world.story.proved(format!("and every answered claim ({claimed})"));
    let stock = get_stock(world, &offers.burst).await?;
    let sent = usize::try_from(stock.sent_count_info.total_count)?;
    anyhow::ensure!(sent == issued, "the stock counts {sent} coupons, but {issued} tokens lead to one");
    confirm_all_of(world, &offers.burst.stock_id, issued).await?;
    let (accepted, refused) = world.receiver.tally();
    world.story.say(&format!(
        "over the whole story the receiver has accepted {accepted} deliveries and turned away {refused}"
    ));
    world.story.proved(format!("and the notification of every claimed coupon ({issued}) has arrived"));
    Ok(())
}

/// What the tasks of the burst share.
#[derive(Clone)]
struct Burst {
    client: Client,
    plain: Plain,
    claims: Arc<watch::Sender<usize>>,
    /// From now on calls may stay without an answer.
    kill: CancellationToken,
}

/// Runs the burst until the kill and gives what everybody was told.
async fn burst_and_kill(world: &mut World, stock_id: &str) -> anyhow::Result<Vec<Attempt>> {
    let burst = Burst {
        client: world.client.clone(),
        plain: world.plain.clone(),
        claims: Arc::default(),
        kill: CancellationToken::new(),
    };
    let mut tasks = JoinSet::new();
    for task in 0..TASKS {
        let requests: Vec<_> = (0..USERS_PER_TASK_MAX)
            .map(|user| {
                let user = task * USERS_PER_TASK_MAX + user;
                let number = world.number(&format!("BURST_{user}"));
                world.pre_send_body(stock_id, &world.guest("Burst", user), &number)
            })
            .collect();
        tasks.spawn(users(burst.clone(), requests));
    }
    let mut counted = burst.claims.subscribe();
    let enough = tokio::time::timeout(BURST_MAX, counted.wait_for(|claims| *claims >= CLAIMS_BEFORE_KILL));
    enough.await.context("the burst does not get on")?.map(drop)?;
    burst.kill.cancel();
    world.platform.kill()?;
    let mut attempts = Vec::new();
    while let Some(ended) = tasks.join_next().await {
        attempts.extend(ended.context("a task of the burst broke down")??);
    }
    world.story.say(&format!("SIGKILL while {TASKS} tasks were pre-sending and claiming"));
    Ok(attempts)
}

/// Users one after another, until the platform is gone.
async fn users(burst: Burst, requests: Vec<PreSendRequest>) -> anyhow::Result<Vec<Attempt>> {
    let mut attempts = Vec::new();
    for request in requests {
        let answered = user(&burst, &request).await?;
        attempts.push(Attempt { request, answered });
        if answered != Answered::Claim {
            anyhow::ensure!(burst.kill.is_cancelled(), "a call stayed without an answer before the kill");
            return Ok(attempts);
        }
        burst.claims.send_modify(|claims| *claims += 1);
    }
    anyhow::bail!("the burst ended before the kill")
}

async fn user(burst: &Burst, request: &PreSendRequest) -> anyhow::Result<Answered> {
    let token = match pre_send(&burst.client, request).retry(Retry::none()).await {
        Ok(reply) => reply.into_inner().token,
        Err(Error::Transport { .. }) => return Ok(Answered::Nothing),
        Err(other) => return Err(anyhow::Error::new(other).context("a pre-send of the burst")),
    };
    // Without an answer the user was cut off; any answer but a coupon is a surprise.
    let Ok(answer) = burst.plain.claim(RECEIVE, &token).await else { return Ok(Answered::PreSend) };
    let received: ReceiveResponse = answer.success()?;
    anyhow::ensure!(received.first_time, "a user of the burst has claimed before");
    Ok(Answered::Claim)
}

/// Looks for what was answered. Gives the number of coupons that exist.
async fn audit(world: &World, attempts: &[Attempt], other_stock_id: &str) -> anyhow::Result<usize> {
    let looks = attempts.iter().map(|attempt| {
        let other = PreSendRequest { stock_id: other_stock_id.to_owned(), ..attempt.request.clone() };
        let (client, plain) = (world.client.clone(), world.plain.clone());
        let (request, answered) = (attempt.request.clone(), attempt.answered);
        async move { look(&client, &plain, &request, &other, answered).await }
    });
    let found = all(looks).await?;
    let issued = found.iter().filter(|status| **status == ClaimStatus::Claimed).count();
    let meaning = "the same number and data: a token again";
    world.story.burst(found.len(), "POST", PRE_SEND, StatusCode::OK, meaning);
    let meaning = format!("{issued} CLAIMED, {} CLAIMABLE", found.len() - issued);
    world.story.burst(found.len(), "POST", OPEN, StatusCode::OK, &meaning);
    let meaning = format!("{MISMATCH}: the same number with other data");
    world.story.burst(found.len(), "POST", PRE_SEND, StatusCode::BAD_REQUEST, &meaning);
    Ok(issued)
}

/// Looks for one user's pre-send and coupon.
async fn look(
    client: &Client,
    plain: &Plain,
    request: &PreSendRequest,
    other: &PreSendRequest,
    answered: Answered,
) -> anyhow::Result<ClaimStatus> {
    // A record that was answered must refuse other data. One that was not may be missing, so it is made
    // first by the repetition that its user would send.
    if answered >= Answered::PreSend {
        mismatch(client, other).await?;
    }
    let token = pre_send(client, request).await?.into_inner().token;
    if answered < Answered::PreSend {
        mismatch(client, other).await?;
    }
    let opened: OpenResponse = plain.claim(OPEN, &token).await?.success()?;
    let expected: &[ClaimStatus] = match answered {
        Answered::Claim => &[ClaimStatus::Claimed],
        // The claim was under way: it happened or it did not.
        Answered::PreSend => &[ClaimStatus::Claimed, ClaimStatus::Claimable],
        Answered::Nothing => &[ClaimStatus::Claimable],
    };
    anyhow::ensure!(
        expected.contains(&opened.status),
        "{} opens as {:?} after the restart",
        request.send_request_no,
        opened.status
    );
    Ok(opened.status)
}

async fn mismatch(client: &Client, other: &PreSendRequest) -> anyhow::Result<()> {
    match pre_send(client, other).await {
        Err(Error::Api(refusal)) if refusal.detail_code == Some(MISMATCH) => Ok(()),
        Err(error) => Err(anyhow::Error::new(error).context("a known number with other data")),
        Ok(_) => anyhow::bail!("{} was forgotten: other data was accepted", other.send_request_no),
    }
}
