//! Why a module isn't loaded, or not unloaded: the facts, worded in one place.

use super::State;
use crate::memory::vmalloc;
use crate::percpu::AllocError;
use core::fmt;
use loader::{LoadError, ParameterError, StartupError};

/// What went wrong, without the module's name.
#[derive(Debug)]
pub enum Reason {
    /// The initrd has no such file.
    NoFile,
    /// The object can't be linked.
    Object(LoadError),
    /// A parameter can't be set.
    Parameter(ParameterError<'static>),
    /// Its list of constructors or destructors is wrong.
    Startup(StartupError<'static>),
    /// It was built by another compiler, or against another kernel.
    Stamp(&'static str),
    /// It is there already.
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
        symbol: &'static str,
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
    /// Others use it.
    InUse(i64),
    /// It has no exit function.
    NoExit,
    /// It needs itself, through this module.
    Cycle(&'static str),
    /// Nothing that is loaded exports this symbol.
    NoSymbol,
}

/// A module and what is wrong with it.
#[derive(Debug)]
pub struct Error<'name> {
    /// The module; for [`Reason::NoSymbol`], the symbol.
    pub name: &'name str,
    /// What is wrong.
    pub reason: Reason,
}

impl Reason {
    /// Names the module.
    pub fn of(self, name: &str) -> Error<'_> {
        Error { name, reason: self }
    }
}

impl From<LoadError> for Reason {
    fn from(error: LoadError) -> Self {
        Reason::Object(error)
    }
}

impl From<ParameterError<'static>> for Reason {
    fn from(error: ParameterError<'static>) -> Self {
        Reason::Parameter(error)
    }
}

impl From<StartupError<'static>> for Reason {
    fn from(error: StartupError<'static>) -> Self {
        match error {
            StartupError::OutOfMemory => Reason::Heap,
            error => Reason::Startup(error),
        }
    }
}

impl From<vmalloc::Error> for Reason {
    fn from(error: vmalloc::Error) -> Self {
        Reason::Memory(error)
    }
}

impl From<AllocError> for Reason {
    fn from(error: AllocError) -> Self {
        Reason::PerCpu(error)
    }
}

impl fmt::Display for Error<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.reason {
            Reason::NoSymbol => write!(f, "nothing exports {}", self.name),
            reason => write!(f, "module {}: {reason}", self.name),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::NoFile => f.write_str("the initrd has no such module"),
            Reason::Object(error) => write!(f, "{error}"),
            Reason::Parameter(error) => write!(f, "{error}"),
            Reason::Startup(error) => write!(f, "{error}"),
            Reason::Stamp(found) => write!(
                f,
                "built for `{found}`, and this kernel is `{}`",
                module_api::ABI_STAMP
            ),
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
            Reason::Cycle(through) => write!(f, "needs itself, through module {through}"),
            Reason::NoSymbol => f.write_str("nothing exports it"),
        }
    }
}
