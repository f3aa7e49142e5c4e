//! The shortest history that still fails: commands are left out, many at once and then one by one.

use quan_reference_model::command::Command;

/// Runs of shortened histories at most.
const RUNS_MAX: usize = 400;

/// Leaves out what `fails` does not need.
pub(crate) fn shrink(mut history: Vec<Command>, fails: &mut dyn FnMut(&[Command]) -> bool) -> Vec<Command> {
    let (mut runs, mut chunk) = (0, history.len().div_ceil(2));
    while chunk > 0 && runs < RUNS_MAX {
        let (before, mut from) = (history.len(), 0);
        while from < history.len() && runs < RUNS_MAX {
            let mut shorter = history.clone();
            shorter.drain(from..(from + chunk).min(history.len()));
            runs += 1;
            if fails(&shorter) {
                history = shorter;
            } else {
                from += chunk;
            }
        }
        let is_done = chunk == 1 && history.len() == before;
        chunk = if is_done { 0 } else { (chunk / 2).max(1) };
    }
    history
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_needed_stays() {
        let history: Vec<_> = (0..50).map(Command::Wait).collect();
        let needed = [Command::Wait(7), Command::Wait(31)];
        let mut fails = |shorter: &[Command]| needed.iter().all(|command| shorter.contains(command));
        assert_eq!(shrink(history, &mut fails), needed);
    }
}
