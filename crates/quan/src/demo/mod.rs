//! `quan demo`: the whole story on the terminal, against a real platform process.
//!
//! The demo is a user like any other: it starts `quan dev` as a child process, reads the connection file and
//! speaks over the wire, with real keys, a real database file, real callbacks and a real SIGKILL. It knows
//! nothing of the store. Each step is a file.

mod catalogue;
mod claim;
mod crash;
mod crowd;
mod lifecycle;
mod plain_http;
mod platform_process;
mod pre_send;
mod receiver;
mod story;
mod world;

use anyhow::Context;

use crate::cli;
use story::Story;
use world::World;

/// Tells the story; any surprise ends it with an error.
pub(crate) fn run(options: &cli::Demo) -> anyhow::Result<()> {
    let temporary = tempfile::tempdir().context("cannot make a temporary directory")?;
    let data = options.data.clone().unwrap_or_else(|| temporary.path().to_path_buf());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(tell(&data))
}

async fn tell(data: &std::path::Path) -> anyhow::Result<()> {
    let story = Story::default();
    let mut world = World::begin(data, &story).await?;
    let told = steps(&mut world, &story).await;
    if told.is_err() {
        // The log is copied out, since a temporary directory goes with the demo.
        world.platform.show_log();
    }
    told
}

async fn steps(world: &mut World, story: &Story) -> anyhow::Result<()> {
    story.step(1, "The parties, with freshly made keys");
    world.introduce(story);
    story.step(2, "Partner face: notify URL, product coupons and stocks");
    let shelf = catalogue::fill(world, story).await?;
    story.step(3, "Pre-send in six call styles, and with a code of the merchant's own");
    let tokens = pre_send::six_styles(world, story, &shelf).await?;
    story.step(4, "The claim");
    let single = claim::claim(world, story, &shelf, &tokens).await?;
    story.step(5, "The notification is verified, opened and confirmed");
    lifecycle::confirm(world, story, &single).await?;
    story.step(6, "Use and return, once and in rounds");
    lifecycle::single(world, story, &single).await?;
    lifecycle::sequential(world, story, &shelf).await?;
    story.step(7, "Two hundred users claim at once from a stock of one hundred");
    crowd::rush(world, story, &shelf).await?;
    story.step(8, "The platform is killed in the middle of a burst and started again");
    crash::kill_and_audit(world, story, &shelf).await?;
    story.end();
    Ok(())
}
