//! Histories on the rules alone: `quan-coupon`'s functions on values in memory, without a store, a use case or a
//! clock of their own.
//!
//! What is not theirs is not played: who may ask, and which number was used before. So everybody is the brand here, a
//! coupon is named by its holder, and every command but pre-sends and sends has a number of its own.

mod catalogue;
mod coupons;
mod giving;
mod kept;
mod shown;

use quan_reference_model::command::{Caller, Command, OnCoupon};
use quan_reference_model::{Answer, Refused, World};

use crate::coverage::Coverage;
use crate::generator::Generator;
use crate::performing::Performed;
use crate::plan::{Failure, Plan};
use crate::run::START;
use crate::shrink::shrink;
use crate::views::Broken;
use kept::Kept;

/// Runs the histories of a plan on the rules alone; its manner and its audits are about stores and not looked at.
///
/// # Errors
/// The first failure, shortened.
pub fn check_rules(plan: &Plan) -> Result<Coverage, Box<Failure>> {
    let mut coverage = Coverage::default();
    for seed in plan.seed..plan.seed.saturating_add(plan.histories) {
        let mut generator = Generator::new(seed);
        let mut commands = |world: &World, place| {
            (place < plan.commands).then(|| as_played(generator.next(world), world, place))
        };
        let (history, outcome) = run(&mut commands, &mut coverage);
        let Err(mut what) = outcome else { continue };
        let mut fails = |shorter: &[Command]| {
            let mut commands = |_: &World, place: usize| shorter.get(place).cloned();
            let (played, outcome) = run(&mut commands, &mut Coverage::default());
            match outcome {
                Err(difference) if played.len() == shorter.len() => {
                    what = difference;
                    true
                }
                Err(_) | Ok(()) => false,
            }
        };
        let history = if plan.shortens { shrink(history, &mut fails) } else { history };
        return Err(Box::new(Failure { seed, history, what, command_line: plan.command_line.to_owned() }));
    }
    Ok(coverage)
}

/// The command as it can be asked of the rules; a moment of waiting for one that cannot.
fn as_played(command: Command, world: &World, place: usize) -> Command {
    let mut command = command;
    let own_number = format!("RULE_{place:06}");
    let is_played = match &mut command {
        Command::Wait(_) | Command::Claim { .. } | Command::Delete(_) => true,
        Command::Pause(_) | Command::Resume(_) => true,
        Command::Authorise { .. } => false,
        Command::CreateProductCoupon { caller, number, product, lot, .. } => {
            (*caller, *number) = (Caller::Brand, own_number);
            !world.products.contains_key(product) && !world.lots.contains_key(lot)
        }
        Command::CreateStock { caller, number, lot, product, .. } => {
            (*caller, *number) = (Caller::Brand, own_number);
            let mode = world.products.get(product).map(|product| product.mode);
            let is_bundled = matches!(mode, Some(quan_reference_model::command::Mode::Bundle { .. }));
            !is_bundled && !world.lots.contains_key(lot)
        }
        Command::PreSend(order) | Command::Send(order) => {
            (order.caller, order.alone) = (Caller::Brand, None);
            true
        }
        Command::Confirm(on)
        | Command::Use { on, .. }
        | Command::Return { on, .. }
        | Command::Deactivate { on, .. }
        | Command::DeactivateChain { on, .. } => name_holder(on, own_number, world),
        Command::DeactivateStock { caller, number, .. }
        | Command::DeactivateProductCoupon { caller, number, .. }
        | Command::UpdateBudget { caller, number, .. } => {
            (*caller, *number) = (Caller::Brand, own_number);
            true
        }
        Command::UploadCodes { caller, number, stock, .. } => {
            (*caller, *number) = (Caller::Brand, own_number);
            world.lots.get(&stock.lot).is_some_and(quan_reference_model::stock::Lot::has_pool)
        }
    };
    if is_played { command } else { Command::Wait(1) }
}

/// Makes a call on a coupon that of the brand, for the user who holds it; `false` when nobody does.
fn name_holder(on: &mut OnCoupon, number: String, world: &World) -> bool {
    (on.caller, on.coupon.sender, on.number) = (Caller::Brand, Caller::Brand, number);
    match world.coupon(&on.coupon) {
        Some(coupon) => {
            on.user = coupon.user;
            true
        }
        None => false,
    }
}

type Commands<'c> = &'c mut dyn FnMut(&World, usize) -> Option<Command>;

/// Runs a history and gives the commands that were run.
fn run(commands: Commands<'_>, coverage: &mut Coverage) -> (Vec<Command>, Result<(), Broken>) {
    let mut history = Vec::new();
    let (mut world, mut kept) = (World::new(START), Kept::at(START));
    while let Some(command) = commands(&world, history.len()) {
        history.push(command.clone());
        if let Err(difference) = step(&mut kept, &mut world, &command, coverage) {
            return (history, Err(difference));
        }
    }
    (history, Ok(()))
}

fn step(
    kept: &mut Kept,
    world: &mut World,
    command: &Command,
    coverage: &mut Coverage,
) -> Result<(), Broken> {
    let before = world.clone();
    let expected = world.apply(command);
    coverage.look(command, &before, world);
    let (outcome, refusal) = asked(kept, command)?;
    if outcome != expected {
        return Err(format!("answered {outcome:?},\n  expected {expected:?}"));
    }
    coverage.count(command, &Performed { outcome, codes: Vec::new(), told: None, refusal });
    kept.tell(world)?;
    kept.compare(world)
}

/// What came of a command, and the kind of the refusal. What is refused changes nothing.
fn asked(kept: &mut Kept, command: &Command) -> Result<(Result<Answer, Refused>, Option<String>), Broken> {
    let mut after = kept.clone();
    match after.perform(command) {
        Ok(answer) => {
            *kept = after;
            Ok((Ok(answer), None))
        }
        Err(kept::Stop::Refused(refusal)) => {
            let error = quan_platform::Error::Refused(refusal);
            let kind = crate::subject::kind_of(&error);
            let refused = crate::views::refused(error)?;
            let is_claim = matches!(command, Command::Claim { .. });
            Ok((Err(if is_claim { refused.in_component() } else { refused }), kind))
        }
        Err(kept::Stop::TokenExpired) => Ok((Err(Refused::TokenExpired), None)),
        Err(kept::Stop::Broken(what)) => Err(what),
    }
}
