//! placeholder

pub(crate) fn run(_: &crate::cli::Demo) -> anyhow::Result<()> {
    anyhow::bail!("the demo is being written")
}
