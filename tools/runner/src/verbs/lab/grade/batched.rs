//! Lab 8: a count that is moved in batches.

use super::super::findings::Findings;
use super::super::guest::{self, Shape};
use super::super::work::Work;
use super::interrupts::text;
use crate::error::Error;

const CPUS: u32 = 4;
/// What a copy reaches before it moves.
const BATCH: i128 = 8;

/// A step: what is added where, and what count and sum are then.
struct Step {
    cpu: u32,
    amount: i64,
    count: i128,
    sum: i128,
    think: &'static str,
}

const fn step(cpu: u32, amount: i64, count: i128, sum: i128, think: &'static str) -> Step {
    Step {
        cpu,
        amount,
        count,
        sum,
        think,
    }
}

const STAYS: &str = "A copy below the batch stays where it is: the count isn't touched, and the \
    sum must add the copies to it.";
const MOVES: &str = "The copy has reached the batch: all of it moves to the count, and the copy \
    is 0 again. If the sum is too large, the copy was not set to 0.";
const BELOW: &str = "A copy of -8 has reached the batch, too: compare both ways.";

const STEPS: [Step; 7] = [
    step(0, 3, 0, 3, STAYS),
    step(1, 7, 0, 10, STAYS),
    step(1, 1, 8, 11, MOVES),
    step(0, -2, 8, 9, STAYS),
    step(2, -7, 8, 2, STAYS),
    step(2, -2, -1, 0, BELOW),
    step(3, 100, 99, 100, MOVES),
];

/// What each CPU adds in the storm, by ones.
const STORM: i128 = 50_000;

pub fn grade(work: &Work<'_>, findings: &mut Findings) -> Result<(), Error> {
    let Some(module) = guest::compile(findings, work.guest, work.folder, "batched")? else {
        return Ok(());
    };
    findings.right("to compile batched.c", "a module");
    let mut commands = vec!["insmod batched".to_owned()];
    for step in &STEPS {
        let amount = step.amount.cast_unsigned();
        commands.push(format!("call @{} batched_add {amount}", step.cpu));
        commands.push("call @0 batched_read".to_owned());
        commands.push("call @0 batched_sum".to_owned());
    }
    let storm = commands.len();
    commands.push("rmmod batched".to_owned());
    commands.push(format!("insmod batched storm={STORM}"));
    commands.push("call @0 batched_sum".to_owned());
    commands.push("call @0 batched_read".to_owned());
    commands.push("rmmod batched".to_owned());
    let shape = Shape {
        cpus: CPUS,
        append: "",
    };
    let replies = guest::ask_students(findings, work.guest, shape, &[&module], &commands)?;
    let Some(replies) = replies else {
        return Ok(());
    };
    if let Err(error) = &replies[0].result {
        findings.wrong("insmod batched", error, "The kernel's own words.");
        return Ok(());
    }
    for (step, answers) in STEPS.iter().zip(replies[1..].chunks(3)) {
        let tried = format!(
            "CPU {} adds {}; then count and sum: {} and {}",
            step.cpu, step.amount, step.count, step.sum
        );
        let (count, sum) = (answers[1].returned(), answers[2].returned());
        let saw = format!("{} and {}", text(count), text(sum));
        match (count, sum) == (Some(step.count), Some(step.sum)) {
            true => findings.right(tried, saw),
            false => {
                // What follows is wrong for the same reason.
                findings.wrong(tried, saw, step.think);
                return Ok(());
            }
        }
    }
    let all = STORM * i128::from(CPUS);
    let tried = format!("{CPUS} CPUs at once, {STORM} ones each; then the sum: {all}");
    let (sum, count) = (replies[storm + 2].returned(), replies[storm + 3].returned());
    match sum == Some(all) {
        true => findings.right(tried, text(sum)),
        false => findings.wrong(
            tried,
            text(sum),
            "The copies are each CPU's own, but the count is everybody's: it needs a lock, or an \
             atomic operation.",
        ),
    }
    let off = count.map_or(i128::MAX, |count| (all - count).abs());
    let most = i128::from(CPUS) * (BATCH - 1);
    let tried = format!("how far the count is from the sum: at most {most}");
    match off <= most {
        true => findings.right(tried, off.to_string()),
        false => findings.wrong(
            tried,
            text(count),
            "No copy may hold 8 or more, of either sign: with 4 CPUs, 28 are missing at most.",
        ),
    }
    Ok(())
}
