//! Orders of a few commands that give the answers which were seen.

use quan_reference_model::World;
use quan_reference_model::command::Command;

use crate::performing::{Performed, comparable};

/// The first world that `fits` among those which an order of the commands with these answers leads to.
pub(crate) fn orders<T>(
    world: &World,
    commands: &[Command],
    performed: &[Performed],
    fits: &mut dyn FnMut(World) -> Option<T>,
) -> Option<T> {
    let all: Vec<usize> = (0..commands.len()).collect();
    rest_of(world, &all, commands, performed, fits)
}

fn rest_of<T>(
    world: &World,
    left: &[usize],
    commands: &[Command],
    performed: &[Performed],
    fits: &mut dyn FnMut(World) -> Option<T>,
) -> Option<T> {
    if left.is_empty() {
        return fits(world.clone());
    }
    for (place, next) in left.iter().enumerate() {
        let mut after = world.clone();
        let expected = after.apply(&commands[*next]);
        if comparable(&expected) == comparable(&performed[*next].outcome) {
            let mut rest = left.to_vec();
            rest.remove(place);
            if let Some(found) = rest_of(&after, &rest, commands, performed, fits) {
                return Some(found);
            }
        }
    }
    None
}
