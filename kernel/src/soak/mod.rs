//! A soak: all CPUs work at once on all that there is, CPUs leave and come back, requests
//! fail; slice by slice, by a seed (crate `soak`). In the end all that is counted is as it
//! was at the beginning, or something is lost.
//!
//! * here: slices, who leads them, and the end
//! * `work.rs`: operations
//! * `pools.rs`: areas and objects that outlive the CPU that allocated them
//! * `findings.rs`: what was done, what is lost, and what people see of it

mod findings;
mod pools;
mod work;

use crate::console::is_interrupted;
use crate::fail::{self, Site};
use crate::load_unload_rounds::{AllUnloaded, LogOff};
use crate::modules::{self, Error, Reason};
use crate::selftest::resources::{self, InUse};
use crate::{cpus, percpu, println, smp, timer, warning};
use ::soak::{Operation, Outcome, Plan, Random};
use arch::cpu;
use arch::timer::{from_microseconds, now};
use core::fmt;
use core::sync::atomic::{AtomicBool, Ordering};
use findings::{TALLY, lost};
use work::{Work, is_explained};

/// Seconds between two lines of progress.
const PROGRESS: u64 = 2;

/// Slices before what is in use is looked at for the first time.
const WARM: u64 = 20;

/// Why a soak fails.
#[derive(Debug)]
pub enum SoakError {
    /// It can't begin: a module, or memory.
    Module(Error<'static>),
    /// There is no memory for the counters.
    OutOfMemory,
    /// Ctrl-C came.
    Interrupted,
    /// So many things were found that may not be; each was reported.
    Lost(u64),
}

impl fmt::Display for SoakError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Module(error) => write!(f, "{error}"),
            Self::OutOfMemory => f.write_str("no memory for the counters"),
            Self::Interrupted => f.write_str("interrupted"),
            Self::Lost(count) => write!(f, "{count} lost"),
        }
    }
}

/// CPUs that end their part of a slice early: they are to leave.
static LEAVES: [AtomicBool; arch::MAX_CPUS] = [const { AtomicBool::new(false) }; arch::MAX_CPUS];

/// Soaks for so many seconds. For the boot CPU's own context, with interrupts on.
///
/// # Errors
/// What ended it early, or what is lost.
pub fn run(seconds: u64, seed: u64) -> Result<(), SoakError> {
    println!(
        "soak: seed={seed} seconds={seconds}, {} CPUs; soak seed={seed} has it again",
        cpus::online_count()
    );
    findings::begin();
    let result = soak(seconds, seed);
    findings::print_table();
    let lost = findings::lost_count();
    println!(
        "soak: {} operations, {} faults, {lost} lost",
        TALLY.total(),
        findings::fault_count()
    );
    result?;
    match lost {
        0 => Ok(()),
        lost => Err(SoakError::Lost(lost)),
    }
}

fn soak(seconds: u64, seed: u64) -> Result<(), SoakError> {
    let _log = LogOff::new();
    let _unloaded = AllUnloaded::new().map_err(SoakError::Module)?;
    let names = modules::shipped_and_given().map_err(SoakError::Module)?;
    let work = Work::new(names).ok_or(SoakError::OutOfMemory)?;
    let warnings = warning::count();
    let online = cpus::online_count();
    let start = now();
    // As many as there can be at once: lists of modules and exports keep what they have grown to.
    for name in work.names() {
        match modules::load(name) {
            Err(error) if !is_explained(name, &error.reason) => {
                return Err(SoakError::Module(error));
            }
            _ => {}
        }
    }
    for slice in 0..WARM {
        // Another seed's, so that none of this one's is left out.
        let plan = Plan::new(!seed, slice, 0);
        run_slice(&work, plan, !seed, slice);
    }
    tidy_up(&work, online);
    let before = resources::in_use();
    let end = start + from_microseconds(seconds * 1_000_000);
    let mut next_line = now();
    for slice in 0.. {
        if now() >= end || is_interrupted() {
            break;
        }
        if now() >= next_line {
            next_line = now() + from_microseconds(PROGRESS * 1_000_000);
            findings::print_progress(start, seconds);
        }
        let plan = Plan::new(seed, slice, Site::COUNT);
        run_slice(&work, plan, seed, slice);
    }
    tidy_up(&work, online);
    compare(&before, warnings);
    match is_interrupted() {
        true => Err(SoakError::Interrupted),
        false => Ok(()),
    }
}

/// All CPUs work until the slice's end; its fault may come meanwhile.
fn run_slice(work: &Work, plan: Plan, seed: u64, slice: u64) {
    LEAVES
        .iter()
        .for_each(|leaves| leaves.store(false, Ordering::Relaxed));
    let fault = plan
        .fault
        .and_then(|fault| Some((Site::numbered(fault.site)?, fault.nth)));
    work.may_fail(fault.is_some());
    let end = now() + from_microseconds(plan.microseconds);
    if let Some((site, nth)) = fault {
        fail::arm(site, nth);
    }
    let round = smp::run_as_task_on_each(|| {
        let this = cpu::number();
        let mut random = Random::new(seed, slice, this.into());
        if let Some(period) = plan.tick {
            timer::start(period, work::tick);
        }
        match this {
            0 => lead(work, &mut random, end, plan.changes),
            this => {
                while now() < end && !LEAVES[this as usize].load(Ordering::Relaxed) {
                    work.operate(&mut random);
                }
            }
        }
        timer::stop();
    });
    if let Some((site, _)) = fault {
        findings::count_fault(fail::left(site) == 0);
        fail::arm(site, 0);
    }
    if let Err(error) = round
        && fault.is_none()
    {
        lost(format_args!("a round of tasks: {error}"));
    }
}

/// The boot CPU's part: it works, and has others come and go.
fn lead(work: &Work, random: &mut Random, end: u64, changes: u64) {
    let mut left = changes;
    while now() < end {
        if left > 0 && random.one_in(20) {
            left -= 1;
            change_one(work, random);
        } else {
            work.operate(random);
        }
    }
}

/// Has some other CPU leave, or come back.
fn change_one(work: &Work, random: &mut Random) {
    let others = cpus::present().saturating_sub(1);
    if others == 0 {
        return;
    }
    let cpu = 1 + random.below(others.into()) as u32;
    let (operation, result) = match cpus::is_online(cpu) {
        true => {
            LEAVES[cpu as usize].store(true, Ordering::Relaxed);
            (Operation::Offline, smp::offline(cpu))
        }
        false => (Operation::Online, smp::start(cpu)),
    };
    match result {
        Ok(()) => TALLY.add(operation, Outcome::Done),
        Err(smp::Error::Threads { .. }) => TALLY.add(operation, Outcome::Refused),
        Err(_) if work.is_faulty() => TALLY.add(operation, Outcome::Refused),
        Err(error) => lost(format_args!("{operation}: {error}")),
    }
}

/// Has all CPUs back, and gives all back that operations hold.
fn tidy_up(work: &Work, online: cpus::Count) {
    work.may_fail(false);
    for cpu in 1..cpus::present() {
        match smp::start(cpu) {
            Ok(()) => TALLY.add(Operation::Online, Outcome::Done),
            Err(smp::Error::Online(_)) => {}
            Err(error) => lost(format_args!("at the end {error}")),
        }
    }
    if cpus::online_count() < online {
        lost(format_args!(
            "{} of {online} CPUs are online",
            cpus::online_count()
        ));
    }
    pools::empty();
    for name in work.names().rev() {
        match modules::unload(name) {
            Ok(()) => {}
            Err(error) if matches!(error.reason, Reason::NotLoaded) => {}
            Err(error) => lost(format_args!("at the end {error}")),
        }
    }
    work.compare_counters();
    percpu::trim();
    if let Err(error) = percpu::verify() {
        lost(format_args!("{error}"));
    }
}

/// Compares what is in use with what was.
fn compare(before: &InUse, warnings: u64) {
    let after = resources::in_use();
    if after != *before {
        lost(format_args!("in use before: {before:?}; after: {after:?}"));
    }
    if warning::count() != warnings {
        lost(format_args!(
            "{} warnings came",
            warning::count() - warnings
        ));
    }
    match modules::loaded() {
        Ok(left) if left.is_empty() => {}
        Ok(left) => lost(format_args!("modules are left: {left:?}")),
        Err(error) => lost(format_args!("{error}")),
    }
    match smp::states::lock() {
        Ok(states) if states.iter().next().is_none() => {}
        Ok(_) => lost(format_args!("states of hot-plug are left")),
        Err(error) => lost(format_args!("{error}")),
    }
}
