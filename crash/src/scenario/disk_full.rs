//! The disk is full under load: writes fail with the documented 5xx, reads answer, nothing acknowledged is lost, and
//! when there is room again the same process goes on.
//!
//! First by a bound on the size of files, which needs no rights; then, where mounting is allowed, on a small file
//! system of its own.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tokio::time::Instant;

use super::Plan;
use crate::notified::Others;
use crate::outcome::Outcome;
use crate::play::Play;

/// What a bound leaves above the largest file, in bytes: enough to start, soon used up.
const ROOM_BYTES: u64 = 96 * 1024;
/// Load at a time between two looks.
const LOAD: Duration = Duration::from_millis(500);
/// How long a write may take to be acknowledged on a busy machine, with room again.
const GOES_ON_MAX: Duration = Duration::from_secs(30);
/// The small file system.
const MOUNT_SIZE: &str = "size=48m";
/// Written at once when the small file system is filled up.
const BALLAST_BYTES: usize = 64 * 1024;

pub(super) async fn run(plan: &Plan) -> Result<(Play, Vec<String>)> {
    let mut play = Play::begin(plan.seed).await?;
    let (began, mut notes) = (Instant::now(), Vec::new());
    loop {
        play.run_for(LOAD).await?;
        plan.show(began, "files bounded", &play);
        bounded(&mut play).await?;
        if began.elapsed() >= plan.time.div_f32(2.0) {
            break;
        }
    }
    play.audit_all().await?;
    play.audit_notifications(Others::AreFindings).await?;
    let data = play.data()?;
    play.audit_store(data).await?;
    let mounted = Mounted::new()?;
    let Some(mounted) = mounted else {
        notes.push("mounting is not allowed here: only the bound on file sizes was tried".to_owned());
        return Ok((play, notes));
    };
    let mut other = Play::begin_on(plan.seed, &mounted.folder).await?;
    while began.elapsed() < plan.time || other.journal.counts().unknown == 0 {
        plan.show(began, "small file system", &other);
        full(&mut other, &mounted.folder).await?;
    }
    other.audit_all().await?;
    other.audit_notifications(Others::AreFindings).await?;
    other.audit_store(mounted.folder.join("data")).await?;
    let counts = other.journal.counts();
    notes.push(format!(
        "on a file system of its own: {} acknowledged, {} unknown, {} findings",
        counts.acknowledged, counts.unknown, counts.findings
    ));
    for finding in other.journal.findings() {
        play.journal.find(format!("on a small file system: {finding}"));
    }
    add(&play, &other);
    notes.extend(
        other.end().map(|kept| format!("of the small file system everything is kept in {}", kept.display())),
    );
    Ok((play, notes))
}

/// Starts with a bound on files, loads until it shows, lifts it: the same process goes on.
async fn bounded(play: &mut Play) -> Result<()> {
    play.settle().await?;
    // An orderly end leaves one file of the database, which is as large as it has to be.
    play.node.stop().await?;
    let largest = largest_file(&play.data()?)?;
    play.launch.file_blocks_max = Some((largest + ROOM_BYTES) / 512);
    play.start_again().await?;
    play.launch.file_blocks_max = None;
    until_full(play).await?;
    play.node.lift_file_bound()?;
    goes_on(play).await
}

/// Fills the small file system up, loads until it shows, makes room: the same process goes on.
async fn full(play: &mut Play, folder: &Path) -> Result<()> {
    play.run_for(LOAD).await?;
    let ballast = folder.join("ballast");
    fill(&ballast)?;
    until_full(play).await?;
    std::fs::remove_file(&ballast).context("cannot make room")?;
    goes_on(play).await
}

/// Loads until writes fail, then looks whether reads are still answered.
async fn until_full(play: &mut Play) -> Result<()> {
    let before = play.journal.counts().unknown;
    let deadline = Instant::now() + Duration::from_secs(60);
    while play.journal.counts().unknown < before + 20 {
        play.run_for(LOAD).await?;
        play.node.ensure_running()?;
        ensure!(Instant::now() < deadline, "the disk does not fill up");
    }
    // What an answer of a full disk must be.
    let probe =
        play.wire.post("v3/marketing/partner/product-coupon/notify-configs", &play.notify_body()).await;
    match probe {
        Outcome::Unknown(lost) => {
            let is_documented = matches!((lost.status, lost.code.as_str()), (Some(500), "SYSTEM_ERROR"));
            if !is_documented || !lost.has_request_id {
                play.journal.find(format!("a full disk is answered by {lost:?}"));
            }
        }
        // Room that a checkpoint has made is no fault.
        Outcome::Done(_) => {}
        other => play.journal.find(format!("a full disk is answered by {other:?}")),
    }
    let life = play.load.lives().find(|life| !life.coupons.is_empty()).context("nothing was issued yet")?;
    if let Outcome::Unknown(_) | Outcome::Refused(_) | Outcome::Broken(_) =
        life.holder().list(&play.wire).await
    {
        play.journal.find("a read is not answered while the disk is full");
    }
    Ok(())
}

/// There is room again: what failed is repeated, everything acknowledged is there, more is acknowledged.
async fn goes_on(play: &mut Play) -> Result<()> {
    play.audit_some(20).await?;
    let before = play.journal.counts().acknowledged;
    let deadline = Instant::now() + GOES_ON_MAX;
    while play.journal.counts().acknowledged == before {
        if Instant::now() > deadline {
            play.journal.find("with room again the node does not go on");
            break;
        }
        play.run_for(LOAD).await?;
        play.node.ensure_running()?;
    }
    play.settle().await
}

/// The length of the largest file of a directory.
fn largest_file(folder: &Path) -> Result<u64> {
    let mut largest = 0;
    for entry in std::fs::read_dir(folder)? {
        largest = largest.max(entry?.metadata()?.len());
    }
    Ok(largest)
}

/// Writes until nothing fits any more.
fn fill(file: &Path) -> Result<()> {
    use std::io::Write;
    let mut ballast = std::fs::File::create(file).context("cannot write the ballast")?;
    let mut bytes = BALLAST_BYTES;
    while bytes > 0 {
        if ballast.write_all(&vec![0; bytes]).is_err() {
            bytes /= 2;
        }
    }
    Ok(())
}

/// Adds the numbers of the second half to those of the first.
fn add(play: &Play, other: &Play) {
    let more = other.journal.counts();
    play.journal.count(|counts| {
        counts.kills += more.kills;
        counts.acknowledged += more.acknowledged;
        counts.refused += more.refused;
        counts.unknown += more.unknown;
        counts.retried += more.retried;
        counts.audited += more.audited;
        counts.notified += more.notified;
    });
}

/// A small file system in memory. Dropping it unmounts it.
struct Mounted {
    folder: PathBuf,
    _home: tempfile::TempDir,
}

impl Mounted {
    /// Mounts it; nothing where that is not allowed.
    fn new() -> Result<Option<Self>> {
        let home = tempfile::tempdir()?;
        let folder = home.path().join("small");
        std::fs::create_dir(&folder)?;
        let mount =
            Command::new("mount").args(["-t", "tmpfs", "-o", MOUNT_SIZE, "tmpfs"]).arg(&folder).output();
        let is_mounted = mount.is_ok_and(|mount| mount.status.success());
        Ok(is_mounted.then_some(Self { folder, _home: home }))
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        // Lazily: a node that still holds a file in it is about to end.
        drop(Command::new("umount").arg("--lazy").arg(&self.folder).status());
    }
}
