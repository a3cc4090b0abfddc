//! Why a module isn't loaded, not unloaded, or not called: the facts, worded in one place.

use super::state::State;
use super::symbol_kind::SymbolKind;
use super::unresolved::Unresolved;
use crate::memory::vmalloc;
use crate::percpu::AllocError;
use crate::smp::thread;
use alloc::collections::TryReserveError;
use core::fmt;
use loader::linux::{MODULE_LAYOUT, RELEASE, SETTINGS, TableError, VersionsError};
use loader::{Escaped, LoadError, ParameterError, StartupError};

/// What went wrong, without the module's name. Borrows from what the caller has passed:
/// parameter words, a symbol.
#[derive(Debug)]
pub enum Reason<'a> {
    /// The initrd has no such file.
    NoFile,
    /// The object can't be linked.
    Object(LoadError),
    /// It needs symbols that nobody exports.
    Unresolved(Unresolved),
    /// A parameter can't be set.
    Parameter(ParameterError<'a>),
    /// Its list of constructors or destructors is wrong.
    Startup(StartupError<'static>),
    /// It was built by another compiler, or against another kernel: the stamp that it has.
    Stamp(&'static str),
    /// It was compiled for another Linux than those whose facts are known here: its vermagic.
    LinuxStamp(&'static str),
    /// A table beside its code is wrong.
    Table(TableError),
    /// Its list of CRCs is wrong.
    Versions(VersionsError),
    /// It was compiled with another declaration of what it imports than its provider.
    Version {
        /// The symbol.
        symbol: &'static str,
        /// The CRC that it has of it, if it has one.
        wanted: Option<u32>,
        /// The CRC that the provider has.
        offered: u32,
    },
    /// Nobody vouches for Linux's struct module.
    NoLayout,
    /// It has a name, or a stamp, and then another.
    Contradiction {
        /// `name` or `vermagic`.
        key: &'static str,
        /// What it says first.
        first: &'static str,
        /// What it says then.
        second: &'static str,
    },
    /// A module of its name is there already, in this state.
    Exists(State),
    /// No memory for its text and data.
    Memory(vmalloc::Error),
    /// No per-CPU memory for its static variables or its reference count.
    PerCpu(AllocError),
    /// The kernel heap is exhausted.
    Heap,
    /// It exports what somebody exports already.
    Duplicate {
        /// The symbol.
        symbol: &'static str,
        /// Module that has it; `None` for the kernel.
        owner: Option<&'static str>,
    },
    /// A module that it needs is on its way in or out.
    Provider {
        /// The symbol needed.
        symbol: &'a str,
        /// Module that exports it.
        provider: &'static str,
        /// The state it is in.
        state: State,
    },
    /// Its init returned this error number.
    Init(i32),
    /// No module of this name is loaded.
    NotLoaded,
    /// Another CPU is loading or unloading it.
    Busy(State),
    /// So many references are held by others.
    InUse(i64),
    /// It has no exit function.
    NoExit,
    /// A thread of this name runs its code still, after its exit.
    Thread(thread::Name),
    /// It needs itself, through this module.
    Cycle(&'static str),
    /// Nothing that is loaded exports this symbol.
    NoSymbol,
    /// The symbol can't be called: it names this.
    NotFunction(SymbolKind),
}

/// A module and what is wrong with it.
#[derive(Debug)]
pub struct Error<'name> {
    /// The module; for [`Reason::NoSymbol`] and [`Reason::NotFunction`], the symbol.
    pub name: &'name str,
    /// What is wrong.
    pub reason: Reason<'name>,
}

impl<'a> Reason<'a> {
    /// The error of the module of this name.
    pub fn of(self, name: &'a str) -> Error<'a> {
        Error { name, reason: self }
    }
}

impl From<LoadError> for Reason<'_> {
    fn from(error: LoadError) -> Self {
        match error {
            LoadError::OutOfMemory => Reason::Heap,
            error => Reason::Object(error),
        }
    }
}

impl From<TableError> for Reason<'_> {
    fn from(error: TableError) -> Self {
        match error {
            TableError::OutOfMemory => Reason::Heap,
            error => Reason::Table(error),
        }
    }
}

impl From<VersionsError> for Reason<'_> {
    fn from(error: VersionsError) -> Self {
        match error {
            VersionsError::OutOfMemory => Reason::Heap,
            error => Reason::Versions(error),
        }
    }
}

impl<'a> From<ParameterError<'a>> for Reason<'a> {
    fn from(error: ParameterError<'a>) -> Self {
        match error {
            ParameterError::OutOfMemory => Reason::Heap,
            error => Reason::Parameter(error),
        }
    }
}

impl From<StartupError<'static>> for Reason<'_> {
    fn from(error: StartupError<'static>) -> Self {
        match error {
            StartupError::OutOfMemory => Reason::Heap,
            error => Reason::Startup(error),
        }
    }
}

impl From<vmalloc::Error> for Reason<'_> {
    fn from(error: vmalloc::Error) -> Self {
        Reason::Memory(error)
    }
}

impl From<AllocError> for Reason<'_> {
    fn from(error: AllocError) -> Self {
        Reason::PerCpu(error)
    }
}

impl From<TryReserveError> for Reason<'_> {
    fn from(_: TryReserveError) -> Self {
        Reason::Heap
    }
}

impl From<hashbrown::TryReserveError> for Reason<'_> {
    fn from(_: hashbrown::TryReserveError) -> Self {
        Reason::Heap
    }
}

impl fmt::Display for Error<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.reason {
            Reason::NoSymbol => write!(f, "nothing exports {}", self.name),
            Reason::NotFunction(_) => write!(f, "{} {}", self.name, self.reason),
            reason => write!(f, "module {}: {reason}", self.name),
        }
    }
}

impl fmt::Display for Reason<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::NoFile => f.write_str("the initrd has no such module"),
            Reason::Object(error) => write!(f, "{error}"),
            Reason::Unresolved(symbols) => write!(f, "{symbols}"),
            Reason::Parameter(error) => write!(f, "{error}"),
            Reason::Startup(error) => write!(f, "{error}"),
            Reason::Stamp(found) => write!(
                f,
                "built for `{found}`, and this kernel is `{}`",
                module_api::ABI_STAMP
            ),
            Reason::LinuxStamp(found) => write!(
                f,
                "compiled for Linux `{}`; what is known here is `{RELEASE}x {SETTINGS}`",
                Escaped(found.trim_end())
            ),
            Reason::Table(error) => write!(f, "{error}"),
            Reason::Versions(error) => write!(f, "{error}"),
            Reason::Version {
                symbol,
                wanted: Some(wanted),
                offered,
            } => write!(
                f,
                "was compiled with another {symbol} than is offered: CRC {wanted:#010x}, not \
                 {offered:#010x}. The declaration, or a type in it, differs: another release of \
                 Linux, or other settings. `insmod --force-versions` loads it all the same"
            ),
            Reason::Version {
                symbol,
                wanted: None,
                offered,
            } => write!(
                f,
                "imports {symbol} without a CRC, and it is offered with {offered:#010x}: its \
                 __versions isn't whole. `insmod --force-versions` loads it all the same"
            ),
            Reason::NoLayout => write!(
                f,
                "nobody exports {MODULE_LAYOUT}, whose CRC stands for Linux's struct module: \
                 `modprobe` loads what does"
            ),
            Reason::Contradiction { key, first, second } => {
                let (first, second) = (Escaped(first), Escaped(second));
                write!(
                    f,
                    ".modinfo has {key}={first} and {key}={second}: which holds?"
                )
            }
            Reason::Exists(state) => write!(f, "is {state} already"),
            Reason::Memory(error) => write!(f, "no memory for it: {error}"),
            Reason::PerCpu(error) => write!(f, "{error}"),
            Reason::Heap => f.write_str("the kernel heap is exhausted"),
            Reason::Duplicate { symbol, owner } => {
                let owner = owner.unwrap_or("the kernel");
                write!(f, "exports {symbol}, which {owner} exports")
            }
            Reason::Provider {
                symbol,
                provider,
                state,
            } => write!(f, "needs {symbol} of module {provider}, which is {state}"),
            Reason::Init(errno) => write!(f, "its init returned error {errno}"),
            Reason::NotLoaded => f.write_str("is not loaded"),
            Reason::Busy(state) => write!(f, "is {state}"),
            Reason::InUse(users) => write!(f, "in use: {users} references are held"),
            Reason::NoExit => f.write_str("has no exit function, so it stays"),
            Reason::Thread(thread) => write!(
                f,
                "its thread {thread} runs still, though its exit has returned: kthread_stop \
                 wasn't called. It stays until that has ended, and it is unloaded again"
            ),
            Reason::Cycle(through) => write!(f, "needs itself, through module {through}"),
            Reason::NoSymbol => f.write_str("nothing exports it"),
            Reason::NotFunction(kind) => write!(f, "is {kind}, and can't be called"),
        }
    }
}
