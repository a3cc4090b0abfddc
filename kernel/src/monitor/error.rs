//! Why a command failed: the facts, worded in one place. Nothing here is allocated: an
//! exhausted heap is among the errors.

use crate::bench::BenchError;
use crate::modules::Reason;
use crate::percpu::{AllocError, FreeError, Handle};
use crate::soak::SoakError;
use crate::{cpus, modules, smp};
use arch::fault_safe::Fault;
use core::fmt;

/// What is wrong; texts are the typed line's.
#[derive(Debug)]
pub enum Error<'line> {
    /// No command has this name.
    NoSuchCommand(&'line str),
    /// The line has more words than this.
    TooManyWords(usize),
    /// The line isn't UTF-8.
    NotUtf8,
    /// No CPU can have this number.
    NoSuchCpu(u32),
    /// No per-CPU variable has this name, and it is no address.
    NoSuchVariable(&'line str),
    /// Nothing has this name, and it is no address.
    NoSuchSymbol(&'line str),
    /// The number is no handle, and in no CPU's copy.
    NotPerCpu(usize),
    /// The handle is in per-CPU memory that is nobody's.
    NoVariableThere(Handle),
    /// There is no such chunk.
    NoSuchChunk(usize),
    /// There is no area.
    PerCpuAlloc(AllocError),
    /// The handle can't be freed.
    PerCpuFree(FreeError),
    /// The area is a module's or the kernel's.
    AnothersArea(Handle),
    /// The value doesn't fit so many bytes.
    TooLargeFor {
        /// The value.
        value: u64,
        /// The bytes.
        size: u64,
    },
    /// The arguments aren't those that the command takes.
    Expected(&'static str),
    /// A word that should be a number.
    NotANumber(&'line str),
    /// A word that should be an address.
    NotAnAddress(&'line str),
    /// Nothing can be read there.
    Fault(Fault),
    /// The address has no translation.
    NotMapped(usize),
    /// A module can't be loaded, unloaded, shown or called.
    Module(modules::Error<'line>),
    /// The modules can't be listed.
    Modules(modules::Reason<'static>),
    /// A CPU can't be started or called.
    Cpu(smp::Error),
    /// There are no figures.
    Bench(BenchError),
    /// A soak ended early, or lost something.
    Soak(SoakError),
    /// Locks aren't counted.
    NotCounted,
    /// Blocks of memory aren't recorded.
    NotRecorded,
    /// So much memory was misused meanwhile, or was found to be.
    Misuse(u64),
    /// So many places in code held a lock, or kept interrupts off, for too long.
    HeldLong {
        /// The places.
        places: usize,
        /// What they may take, in nanoseconds.
        limit: u64,
    },
    /// So many self-tests failed.
    TestsFailed(usize),
    /// No self-test ran.
    NoTestRan,
    /// Ctrl-C came.
    Interrupted,
}

impl Error<'_> {
    /// Whether the words were wrong, so that an example helps.
    pub fn is_of_words(&self) -> bool {
        matches!(
            self,
            Error::Expected(_)
                | Error::NotANumber(_)
                | Error::NotAnAddress(_)
                | Error::NoSuchCpu(_)
                | Error::NoSuchVariable(_)
                | Error::NoSuchSymbol(_)
                | Error::NotPerCpu(_)
                | Error::NoVariableThere(_)
                | Error::TooLargeFor { .. }
                | Error::NoSuchChunk(_)
                | Error::PerCpuAlloc(_)
                | Error::PerCpuFree(_)
        ) || matches!(
            self,
            Error::Module(error) if matches!(
                error.reason,
                Reason::NoFile | Reason::NotLoaded | Reason::NoSymbol | Reason::NotFunction(_)
            )
        )
    }
}

impl fmt::Display for Error<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::NoSuchCommand(name) => write!(f, "{name}: no such command; try help"),
            Error::TooManyWords(limit) => write!(f, "a command has at most {limit} words"),
            Error::NotUtf8 => f.write_str("the command isn't UTF-8"),
            Error::NoSuchCpu(cpu) => {
                let possible = cpus::possible();
                write!(f, "there is no cpu {cpu}: they are 0 to {}", possible - 1)
            }
            Error::NoSuchVariable(name) => write!(
                f,
                "{name} is no per-CPU variable of a loaded module or the kernel, nor an address"
            ),
            Error::NoSuchSymbol(name) => {
                write!(
                    f,
                    "{name} is no symbol of a loaded module or the kernel, nor an address"
                )
            }
            Error::NotPerCpu(number) => {
                write!(f, "{number:#x} is no per-CPU handle, and no copy's address")
            }
            Error::NoVariableThere(handle) => {
                write!(
                    f,
                    "handle {handle} is in per-CPU memory, but in nothing that lives"
                )
            }
            Error::NoSuchChunk(chunk) => write!(f, "there is no chunk {chunk}"),
            Error::PerCpuAlloc(error) => write!(f, "{error}"),
            Error::PerCpuFree(error) => write!(f, "{error}"),
            Error::AnothersArea(handle) => {
                write!(
                    f,
                    "the area at {handle} wasn't allocated by percpu alloc: its owner frees it"
                )
            }
            Error::TooLargeFor { value, size } => {
                write!(f, "{value} doesn't fit the variable's {size} bytes")
            }
            Error::Expected(what) => write!(f, "expected {what}"),
            Error::NotANumber(word) => write!(f, "{word} is no number"),
            Error::NotAnAddress(word) => {
                write!(f, "{word} is no hexadecimal address, and no symbol")
            }
            Error::Fault(fault) => write!(f, "{fault}"),
            Error::NotMapped(address) => write!(f, "{address:#x} isn't mapped"),
            Error::Module(error) => write!(f, "{error}"),
            Error::Modules(reason) => write!(f, "{reason}"),
            Error::Cpu(error) => write!(f, "{error}"),
            Error::Bench(error) => write!(f, "{error}"),
            Error::Soak(error) => write!(f, "soak: {error}"),
            Error::NotCounted => f.write_str("locks aren't counted: boot with lockstat"),
            Error::NotRecorded => f.write_str("blocks aren't recorded: boot with sanity=1"),
            Error::Misuse(1) => f.write_str("memory was misused: there is a report"),
            Error::Misuse(reports) => write!(f, "memory was misused: {reports} reports"),
            Error::HeldLong { places, limit } => {
                write!(f, "{places} places hold a lock for longer than {limit} ns")
            }
            Error::TestsFailed(count) => write!(f, "{count} self-tests failed"),
            Error::NoTestRan => f.write_str("no self-test ran"),
            Error::Interrupted => f.write_str("interrupted"),
        }
    }
}

impl<'line> From<modules::Error<'line>> for Error<'line> {
    fn from(error: modules::Error<'line>) -> Self {
        Error::Module(error)
    }
}

impl From<modules::Reason<'static>> for Error<'_> {
    fn from(reason: modules::Reason<'static>) -> Self {
        Error::Modules(reason)
    }
}

impl From<smp::Error> for Error<'_> {
    fn from(error: smp::Error) -> Self {
        Error::Cpu(error)
    }
}

impl From<Fault> for Error<'_> {
    fn from(fault: Fault) -> Self {
        Error::Fault(fault)
    }
}

impl From<SoakError> for Error<'_> {
    fn from(error: SoakError) -> Self {
        Error::Soak(error)
    }
}

impl From<BenchError> for Error<'_> {
    fn from(error: BenchError) -> Self {
        Error::Bench(error)
    }
}
