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
//! * `bench/loads.rs`: loading and unloading

mod loads;

use crate::load_unload_rounds::{self, AllUnloaded, LogOff, RoundsError};
use crate::percpu::{self, AllocError, Handle};
use crate::{modules, println, smp};
use alloc::collections::TryReserveError;
use arch::timer;
use core::fmt;
use fallible::filled;
use module_api::PerCpu;
use this_cpu::{NoMemory, Variable, percpu};

percpu! {
    static COUNTER: u64 = 0;
}

/// A measured piece of work.
struct Figure {
    name: &'static str,
    operations: u64,
    nanoseconds: u64,
}

/// Room for all that one run measures.
type Figures = heapless::Vec<Figure, 32>;

/// Why there are no figures.
#[derive(Debug)]
pub enum BenchError {
    /// No group has this name.
    NoGroup,
    /// More figures than there is room for.
    TooMany,
    /// The kernel heap is exhausted.
    Heap,
    /// A per-CPU allocation failed.
    PerCpu(AllocError),
    /// A per-CPU variable couldn't be allocated.
    Variable(NoMemory),
    /// A module can't be linked, loaded or unloaded.
    Module(modules::Error<'static>),
    /// A CPU can't be given its part of the rounds.
    Cpu(smp::Error),
}

impl fmt::Display for BenchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoGroup => {
                f.write_str("no such group; there are")?;
                GROUPS
                    .iter()
                    .try_for_each(|(name, ..)| write!(f, " {name}"))
            }
            Self::TooMany => f.write_str("more figures than there is room for"),
            Self::Heap => f.write_str("the kernel heap is exhausted"),
            Self::PerCpu(error) => write!(f, "{error}"),
            Self::Variable(error) => write!(f, "{error}"),
            Self::Module(error) => write!(f, "{error}"),
            Self::Cpu(error) => write!(f, "{error}"),
        }
    }
}

impl From<TryReserveError> for BenchError {
    fn from(_: TryReserveError) -> Self {
        Self::Heap
    }
}

impl From<AllocError> for BenchError {
    fn from(error: AllocError) -> Self {
        Self::PerCpu(error)
    }
}

impl From<NoMemory> for BenchError {
    fn from(error: NoMemory) -> Self {
        Self::Variable(error)
    }
}

impl From<modules::Error<'static>> for BenchError {
    fn from(error: modules::Error<'static>) -> Self {
        Self::Module(error)
    }
}

impl From<RoundsError> for BenchError {
    fn from(error: RoundsError) -> Self {
        match error {
            RoundsError::Module(error) => Self::Module(error),
            RoundsError::Cpu(error) => Self::Cpu(error),
        }
    }
}

/// Keeps a figure.
fn record(
    figures: &mut Figures,
    name: &'static str,
    operations: u64,
    nanoseconds: u64,
) -> Result<(), BenchError> {
    let figure = Figure {
        name,
        operations,
        nanoseconds,
    };
    figures.push(figure).map_err(|_| BenchError::TooMany)
}

/// Measures one piece of work.
fn measure<E>(
    figures: &mut Figures,
    name: &'static str,
    operations: u64,
    work: impl FnOnce() -> Result<(), E>,
) -> Result<(), BenchError>
where
    BenchError: From<E>,
{
    let start = timer::now();
    work()?;
    let nanoseconds = timer::nanoseconds(timer::now() - start);
    record(figures, name, operations, nanoseconds)
}

fn pairs(count: u64) -> Result<(), AllocError> {
    for _ in 0..count {
        let area = percpu::alloc(8, 8)?;
        // The area is this function's own.
        let freed = percpu::free(area);
        debug_assert_eq!(freed, Ok(()));
    }
    Ok(())
}

fn free_all(areas: &[Handle]) {
    for &area in areas {
        let freed = percpu::free(area);
        debug_assert_eq!(freed, Ok(()));
    }
}

/// Alloc and free of 8 bytes with so many other 8-byte areas live.
fn with_live(
    figures: &mut Figures,
    name: &'static str,
    live: usize,
    count: u64,
) -> Result<(), BenchError> {
    let mut areas = filled(live, Handle(0))?;
    percpu::alloc_batch(8, 8, &mut areas)?;
    // Warm: the first allocation may populate a page.
    pairs(16)?;
    let result = measure(figures, name, count, || pairs(count));
    free_all(&areas);
    result
}

fn batches(figures: &mut Figures) -> Result<(), BenchError> {
    const COUNT: usize = 4096;
    let mut areas = filled(COUNT, Handle(0))?;
    measure(figures, "alloc_8_batch_alloc", COUNT as u64, || {
        percpu::alloc_batch(8, 8, &mut areas)
    })?;
    measure(figures, "alloc_8_batch_free", COUNT as u64, || {
        free_all(&areas);
        Ok::<_, AllocError>(())
    })
}

/// Sizes 8 to 512 in a ring: each place is freed and allocated anew.
fn mixed(figures: &mut Figures) -> Result<(), BenchError> {
    const RING: usize = 512;
    const COUNT: usize = 4096;
    let mut ring = filled(RING, Handle(0))?;
    let mut state = 1u32;
    let result = measure(figures, "alloc_mixed", COUNT as u64, || {
        for index in 0..COUNT {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let size = 8 << ((state >> 16) % 7);
            let place = &mut ring[index % RING];
            // On an early return the place must not name what was freed.
            free_all(&[core::mem::replace(place, Handle(0))]);
            *place = percpu::alloc(size, 8)?;
        }
        Ok::<_, AllocError>(())
    });
    free_all(&ring);
    result
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
    let cost = load_unload_rounds::run(1000)?;
    record(figures, "modules.first_100", cost.part, cost.first)?;
    record(figures, "modules.last_100", cost.part, cost.last)
}

type Group = fn(&mut Figures) -> Result<(), BenchError>;

/// Name, and whether it is run without being named.
const GROUPS: [(&str, bool, Group); 5] = [
    ("alloc", true, allocations),
    ("access", true, accesses),
    ("link", true, links),
    ("load", true, loads::all),
    ("modules", false, rounds),
];

/// Runs one group, or all but the longest, and prints the figures. On the boot CPU, with
/// interrupts on; nothing else should run.
///
/// # Errors
/// Why a piece of work can't be measured; then nothing is printed.
pub fn run(only: Option<&str>) -> Result<(), BenchError> {
    let mut figures = Figures::new();
    let wanted = |&&(name, always, _): &&(&str, bool, Group)| only.map_or(always, |it| it == name);
    let mut groups = GROUPS.iter().filter(wanted).peekable();
    if groups.peek().is_none() {
        return Err(BenchError::NoGroup);
    }
    groups.try_for_each(|(_, _, group)| group(&mut figures))?;
    percpu::trim();
    for figure in figures {
        let Figure {
            name,
            operations,
            nanoseconds,
        } = figure;
        let thousandths = nanoseconds * 1000 / operations;
        println!(
            "BENCH {name} {operations} {nanoseconds} {}.{:03}",
            thousandths / 1000,
            thousandths % 1000
        );
    }
    Ok(())
}

fn allocations(figures: &mut Figures) -> Result<(), BenchError> {
    with_live(figures, "alloc_free_8", 0, 10_000)?;
    with_live(figures, "alloc_free_8_100_live", 100, 1_000_000)?;
    with_live(figures, "alloc_free_8_100000_live", 100_000, 1_000_000)?;
    batches(figures)?;
    mixed(figures)
}
