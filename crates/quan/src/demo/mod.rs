//! `quan demo`: the whole story on the terminal, over the signed wire, with nothing configured.
//!
//! The platform runs as a child process of this one (`quan dev`), so that it can be killed hard. Everything
//! else here is a user of it: it calls through `quan-client` and over plain HTTP where calls are not signed,
//! and may not reach into the store. Any surprise ends the story with an error.

mod child;
mod claim;
mod crash;
mod notification;
mod offer;
mod parties;
mod plain;
mod pre_send;
mod receiver;
mod rounds;
mod single;
mod stampede;
mod story;
mod world;

use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::cli;
use crate::demo::world::World;

/// Tells the story in a temporary directory, or in the one given.
pub(crate) fn run(options: &cli::Demo) -> anyhow::Result<()> {
    let home = Home::open(options.data.as_deref())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let told = runtime.block_on(async {
        tokio::select! {
            told = tell(home.path()) => Some(told),
            () = crate::dev::stop_asked() => None,
        }
    });
    match told {
        Some(Ok(())) => Ok(()),
        Some(Err(error)) => {
            let log = child::log_file(&home.keep());
            Err(error.context(format!("the story went wrong; the platform's log is {}", log.display())))
        }
        None => anyhow::bail!("stopped before the end of the story"),
    }
}

/// The eight steps. Whatever happens, the platform's process ends with the world.
async fn tell(data: &Path) -> anyhow::Result<()> {
    let mut world = World::begin(data).await?;
    parties::tell(&mut world, data).await?;
    let offers = offer::tell(&mut world).await?;
    let tokens = pre_send::tell(&mut world, &offers).await?;
    let claimed = claim::tell(&mut world, tokens).await?;
    let coupon = notification::tell(&mut world, &claimed).await?;
    single::tell(&mut world, &coupon).await?;
    rounds::tell(&mut world, &offers).await?;
    stampede::tell(&mut world, &offers).await?;
    crash::tell(&mut world, &offers).await?;
    world.story.summary();
    Ok(())
}

/// Where the platform of the demo keeps its files.
enum Home {
    /// Chosen by the caller, who keeps it.
    Given(PathBuf),
    /// Removed at the end, unless something went wrong.
    Temporary(tempfile::TempDir),
}

impl Home {
    fn open(given: Option<&Path>) -> anyhow::Result<Self> {
        let Some(given) = given else {
            let directory = tempfile::Builder::new().prefix("quan-demo-").tempdir();
            return Ok(Self::Temporary(directory.context("cannot make a temporary directory")?));
        };
        Ok(Self::Given(crate::dev::directory(given)?))
    }

    fn path(&self) -> &Path {
        match self {
            Self::Given(directory) => directory,
            Self::Temporary(directory) => directory.path(),
        }
    }

    /// Keeps the directory for looking into it.
    fn keep(self) -> PathBuf {
        match self {
            Self::Given(directory) => directory,
            Self::Temporary(directory) => directory.keep(),
        }
    }
}
