//! The benchmark: what a piece of work costs, in guest instructions.
//!
//! Under QEMU's `-icount shift=0` the clock moves one nanosecond a guest
//! instruction, of whichever CPU, so a time is a count and the same at each run.
//! Figures are gathered first and printed last: no console output is ever inside
//! a measured piece. `./qemu-run.sh bench` runs it so; elsewhere the figures are
//! nanoseconds.
//!
//! ```text
//!  BENCH name ops total per_op
//! ```
//!
//! The work of the rows that Linux has, too, is that of `tools/peer/linux_bench.c`.
//!
//! * `figures.rs`: what is measured
//! * `areas.rs`, `pairs.rs`: per-CPU allocations
//! * `loads.rs`: loading and unloading
//! * `pairs.rs`, `contention.rs`: CPUs in each other's way
//! * `kmalloc.rs`: objects of slabs
//! * `sanity.rs`: what catching misuse of memory costs
//! * `growth.rs`: both, by how much there is already

mod areas;
mod contention;
mod figures;
mod growth;
mod kmalloc;
mod loads;
mod pairs;
mod sanity;

pub use self::figures::BenchError;
use self::figures::{Figure, Figures, measure, record};
use crate::console::is_interrupted;
use crate::control::details;
use crate::load_unload_rounds::{self, AllUnloaded, LogOff};
use crate::{boot_time, modules, percpu, println, profile};
use module_api::PerCpu;
use this_cpu::{NoMemory, Variable, percpu};

percpu! {
    static COUNTER: u64 = 0;
}

fn accesses(figures: &mut Figures) -> Result<(), BenchError> {
    const COUNT: u64 = 1_000_000;
    const SUMS: u64 = 10_000;
    let dynamic = PerCpu::<u64>::alloc()?;
    measure(figures, "loop_empty", COUNT, || {
        (0..COUNT).for_each(|round| {
            core::hint::black_box(round);
        });
        Ok::<_, NoMemory>(())
    })?;
    measure(figures, "this_cpu_inc_static", COUNT, || {
        (0..COUNT).for_each(|_| COUNTER.inc());
        Ok::<_, NoMemory>(())
    })?;
    measure(figures, "this_cpu_inc_dynamic", COUNT, || {
        (0..COUNT).for_each(|_| dynamic.inc());
        Ok::<_, NoMemory>(())
    })?;
    measure(figures, "read_static", COUNT, || {
        (0..COUNT).for_each(|_| {
            core::hint::black_box(COUNTER.read());
        });
        Ok::<_, NoMemory>(())
    })?;
    measure(figures, "sum_all_cpus", SUMS, || {
        (0..SUMS).for_each(|_| {
            core::hint::black_box(COUNTER.sum());
        });
        Ok::<_, NoMemory>(())
    })
}

/// A link of a module with so many relocations, made for this by the runner.
fn links(figures: &mut Figures) -> Result<(), BenchError> {
    for (name, module, relocations) in [
        ("link.1k", "link-1k", 1000),
        ("link.10k", "link-10k", 10_000),
        ("link.100k", "link-100k", 100_000),
    ] {
        let link = || modules::link_only(module, None);
        // Warm: the first may need tables for the mapping.
        link()?;
        measure(figures, name, relocations, || link().map(drop))?;
    }
    Ok(())
}

/// Rounds of loading and unloading all modules, on all CPUs at once.
fn rounds(figures: &mut Figures) -> Result<(), BenchError> {
    let _log = LogOff::new();
    let _unloaded = AllUnloaded::new()?;
    load_unload_rounds::run(10)?;
    let measured = profile::Measured::new();
    let cost = load_unload_rounds::run(1000)?;
    drop(measured);
    record(figures, "modules.first_100", cost.part, cost.first)?;
    record(figures, "modules.last_100", cost.part, cost.last)
}

/// From the kernel's entry to the first call of a module's init. A run of commands loads
/// no module at boot: then it is `hello`'s, loaded the way that boot does it.
fn boot(figures: &mut Figures) -> Result<(), BenchError> {
    const MODULE: &str = "hello";
    let nanoseconds = match boot_time::nanoseconds() {
        Some(nanoseconds) => nanoseconds,
        None => {
            let _log = LogOff::new();
            modules::load_with_dependencies(MODULE, &[])?;
            modules::unload(MODULE)?;
            boot_time::nanoseconds().ok_or(BenchError::NoInit(MODULE))?
        }
    };
    record(figures, "boot", 1, nanoseconds)
}

type Group = fn(&mut Figures) -> Result<(), BenchError>;

/// Name, and whether it is run without being named.
const GROUPS: [(&str, bool, Group); 16] = [
    // First: what comes before it counts as boot.
    ("boot", true, boot),
    ("alloc", true, areas::all),
    ("access", true, accesses),
    ("link", true, links),
    ("load", true, loads::all),
    ("kmalloc", true, kmalloc::all),
    ("modules", false, rounds),
    ("contention", false, contention::all),
    ("growth", false, growth::all),
    ("sanity", false, sanity::all),
    // Each a single row of those above, to be looked at alone.
    ("pair", false, areas::pair),
    ("batch", false, areas::large_batch),
    ("mixed", false, areas::mixed),
    ("insmod", false, loads::insmod),
    ("provider", false, loads::provider),
    ("rmmod", false, loads::rmmod),
];

/// The groups' names.
static NAMES: [&str; GROUPS.len()] = {
    let mut names = [""; GROUPS.len()];
    let mut group = 0;
    while group < names.len() {
        names[group] = GROUPS[group].0;
        group += 1;
    }
    names
};

/// The groups' names.
pub fn group_names() -> impl Iterator<Item = &'static str> {
    NAMES.into_iter()
}

/// Runs one group, or all but the longest, and prints the figures. On the boot CPU, with
/// interrupts on; nothing else should run.
///
/// # Errors
/// Why a piece of work can't be measured, or Ctrl-C; then nothing is printed.
pub fn run(only: Option<&str>) -> Result<(), BenchError> {
    let mut figures = Figures::new();
    let wanted = |&&(name, always, _): &&(&str, bool, Group)| only.map_or(always, |it| it == name);
    let mut groups = GROUPS.iter().filter(wanted).peekable();
    if groups.peek().is_none() {
        return Err(BenchError::NoGroup(&NAMES));
    }
    groups.try_for_each(|(_, _, group)| match is_interrupted() {
        true => Err(BenchError::Interrupted),
        false => group(&mut figures),
    })?;
    percpu::trim();
    for figure in figures {
        let Figure {
            name,
            operations,
            nanoseconds,
        } = figure;
        if details::wants_details() {
            details::figure(name, operations, nanoseconds);
        }
        let thousandths = nanoseconds * 1000 / operations;
        println!(
            "BENCH {name} {operations} {nanoseconds} {}.{:03}",
            thousandths / 1000,
            thousandths % 1000
        );
    }
    Ok(())
}
