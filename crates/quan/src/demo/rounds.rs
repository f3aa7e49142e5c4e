//! Step 6, second half: a multi-use coupon goes through its three rounds, a day apart.

use anyhow::Context;
use quan_model::coupon::{SequentialUsageDetailItem, UserCoupon};
use quan_model::enums::{Open, RoundState, UserCouponState};
use quan_model::notification::SendResource;
use quan_model::time::{DAY_SECONDS, Time};

use crate::demo::claim::{FirstTime, receive};
use crate::demo::notification::{arrival, confirm, state};
use crate::demo::offer::Offers;
use crate::demo::single::use_body;
use crate::demo::story::beginning;
use crate::demo::world::{World, coupon_of, pre_send};

/// The number of a use outside the validity window (semantics 0.2 R-WINDOW).
const WINDOW: u64 = 272_755_715;
/// This close to midnight a round could begin before its early use is tried.
const MIDNIGHT_MARGIN_SECONDS: i64 = 60;

/// Claims and confirms a coupon of the sequential stock and uses it up.
pub(crate) async fn tell(world: &mut World, offers: &Offers) -> anyhow::Result<()> {
    keep_off_midnight(world).await?;
    let number = world.number("ROUNDS");
    let request = world.pre_send_body(&offers.sequential.stock_id, world.openid()?, &number);
    let token = world
        .ask(|client| pre_send(client, &request), |answer| format!("token {}", beginning(&answer.token)))
        .await?
        .token;
    receive(world, &token, FirstTime::Yes).await?;
    let coupon = arrival(world, &number).await?;
    confirm(world, &coupon).await?;

    let now = world.now().await?;
    let after_first = use_round(world, &coupon, 0, now).await?;
    let second = round(&after_first, 1)?;
    let midnight = now.start_of_day_after(1);
    anyhow::ensure!(
        second.detail_state == RoundState::Pending && second.valid_begin_time == midnight,
        "round 1 should wait until {midnight}"
    );
    let early = use_body(world, &coupon, now, &world.number("EARLY"), Some(1));
    let meaning = "round 1 begins tomorrow";
    world.refused(|client| coupon_of(client, &coupon).use_().post(&early), WINDOW, meaning).await?;

    let now = wait_for_round(world, second).await?;
    let after_second = use_round(world, &coupon, 1, now).await?;
    let now = wait_for_round(world, round(&after_second, 2)?).await?;
    let after_third = use_round(world, &coupon, 2, now).await?;
    anyhow::ensure!(
        after_third.coupon_state == UserCouponState::Used,
        "after its last round the coupon is {}",
        state(&after_third.coupon_state)
    );
    world.story.proved(
        "multi-use mode: each use issues the next round, PENDING until 00:00 of the next day and refused \
         before; after three rounds the coupon is USED",
    );
    Ok(())
}

/// Moves the clock past a midnight that is about to come.
async fn keep_off_midnight(world: &World) -> anyhow::Result<()> {
    let now = world.plain.now().await?;
    let left = DAY_SECONDS - now.second_of_day();
    if left < MIDNIGHT_MARGIN_SECONDS {
        world.advance(left, "midnight is about to come, which would blur the next lines").await?;
    }
    Ok(())
}

async fn use_round(
    world: &World,
    coupon: &SendResource,
    index: i64,
    use_time: Time,
) -> anyhow::Result<UserCoupon> {
    let number = world.number(&format!("ROUND_{index}"));
    let body = use_body(world, coupon, use_time, &number, Some(index));
    let used = world
        .ask(|client| coupon_of(client, coupon).use_().post(&body), |used| after_use(used, index))
        .await?;
    let used_count = used.sequential_usage_detail.as_ref().map(|detail| detail.used_count);
    anyhow::ensure!(used_count == Some(index + 1), "after round {index} used_count is {used_count:?}");
    Ok(used)
}

/// What the use of a round has led to.
fn after_use(used: &UserCoupon, index: i64) -> String {
    let coupon_state = state(&used.coupon_state);
    let Ok(next) = round(used, index + 1) else {
        return format!("round {index} used, the coupon is {coupon_state}");
    };
    let next_state = match &next.detail_state {
        Open::Known(state) => state.as_str(),
        Open::Unknown(word) => word,
    };
    format!("round {index} used, round {} is {next_state} from {}", index + 1, next.valid_begin_time)
}

fn round(coupon: &UserCoupon, index: i64) -> anyhow::Result<&SequentialUsageDetailItem> {
    let rounds = coupon.sequential_usage_detail.as_ref().context("the coupon has no rounds")?;
    let at = usize::try_from(index)?;
    rounds.detail_item_list.get(at).with_context(|| format!("round {index} was not issued"))
}

/// Moves the clock to the begin of a round.
async fn wait_for_round(world: &World, round: &SequentialUsageDetailItem) -> anyhow::Result<Time> {
    let now = world.now().await?;
    let left = round.valid_begin_time.seconds_since(now);
    world.advance(left.max(0), "the round begins").await?;
    world.now().await
}
