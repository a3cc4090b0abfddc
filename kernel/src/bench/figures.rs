//! Figures of the benchmark: measured, kept, and why there are none.

use crate::load_unload_rounds::RoundsError;
use crate::percpu::AllocError;
use crate::{modules, profile, smp};
use alloc::collections::TryReserveError;
use arch::timer;
use core::fmt;
use this_cpu::NoMemory;

/// A measured piece of work.
pub struct Figure {
    /// What was done.
    pub name: &'static str,
    /// How many times.
    pub operations: u64,
    /// What all of it took.
    pub nanoseconds: u64,
}

/// Room for all that one run measures.
pub type Figures = heapless::Vec<Figure, 40>;

/// Why there are no figures.
#[derive(Debug)]
pub enum BenchError {
    /// No group has this name: those that there are.
    NoGroup(&'static [&'static str]),
    /// A module was loaded, and its init wasn't called.
    NoInit(&'static str),
    /// More figures than there is room for.
    TooMany,
    /// The kernel heap is exhausted.
    Heap,
    /// No page frames are left.
    Frames,
    /// A per-CPU allocation failed.
    PerCpu(AllocError),
    /// A per-CPU variable couldn't be allocated.
    Variable(NoMemory),
    /// A module can't be linked, loaded or unloaded.
    Module(modules::Error<'static>),
    /// A CPU can't be given its part of the work.
    Cpu(smp::Error),
    /// So many CPUs weren't ready together, or had no memory for their part.
    NotTogether(u32),
    /// Ctrl-C came.
    Interrupted,
}

impl fmt::Display for BenchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoGroup(groups) => {
                f.write_str("no such group; there are")?;
                groups.iter().try_for_each(|name| write!(f, " {name}"))
            }
            Self::NoInit(module) => write!(f, "the init of module {module} wasn't called"),
            Self::TooMany => f.write_str("more figures than there is room for"),
            Self::Heap => f.write_str("the kernel heap is exhausted"),
            Self::Frames => f.write_str("no page frames are left"),
            Self::PerCpu(error) => write!(f, "{error}"),
            Self::Variable(error) => write!(f, "{error}"),
            Self::Module(error) => write!(f, "{error}"),
            Self::Cpu(error) => write!(f, "{error}"),
            Self::NotTogether(cpus) => write!(f, "{cpus} CPUs didn't do their parts together"),
            Self::Interrupted => f.write_str("interrupted"),
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

impl From<smp::Error> for BenchError {
    fn from(error: smp::Error) -> Self {
        Self::Cpu(error)
    }
}

impl From<RoundsError> for BenchError {
    fn from(error: RoundsError) -> Self {
        match error {
            RoundsError::Module(error) => Self::Module(error),
            RoundsError::Cpu(error) => Self::Cpu(error),
            RoundsError::Interrupted => Self::Interrupted,
        }
    }
}

/// Keeps a figure.
///
/// # Errors
/// If there is no room for it.
pub fn record(
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
///
/// # Errors
/// Of the work; if there is no room for the figure.
pub fn measure<E>(
    figures: &mut Figures,
    name: &'static str,
    operations: u64,
    work: impl FnOnce() -> Result<(), E>,
) -> Result<(), BenchError>
where
    BenchError: From<E>,
{
    let measured = profile::Measured::new();
    let start = timer::now();
    work()?;
    let end = timer::now();
    drop(measured);
    let nanoseconds = timer::nanoseconds(end - start);
    record(figures, name, operations, nanoseconds)
}
