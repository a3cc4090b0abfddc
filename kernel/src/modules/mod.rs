//! Modules: relocatable objects from the initrd, loaded far away.
//!
//! * `registry.rs`: which there are, their states, references and exports
//! * `load.rs`: from a file to a module that runs
//! * `loaded.rs`: what such a module owns
//! * `parameters.rs`: `name=value` words for a module
//! * `information.rs`: what a module's file says of it
//! * `report.rs`: what the log and `lsmod` show of a module
//! * `request.rs`: what a module may ask of the loader
//! * `dependencies.rs`: what a module needs, loaded first
//! * `error.rs`: everything that can be wrong
//!
//! Validation, layout and relocation are the crate `loader`; here it meets
//! memory, per-CPU memory and running code.

mod dependencies;
mod error;
mod information;
mod load;
mod loaded;
mod parameters;
mod registry;
mod report;
mod request;

pub use dependencies::{load_at_boot, load_with_dependencies, shipped};
pub use error::{Error, Reason};
pub use information::print as print_information;
pub use registry::{State, symbol_count};
pub use report::{VariableName, exports, list, print_names};

use crate::symbols::Located;
use crate::{initrd, percpu};
use alloc::vec::Vec;
use load::{Image, Purpose};
use loader::Variable;
use registry::{Farewell, Providers};

/// Enters the kernel's exports, and looks through the command line for parameters of
/// modules; the error is a module of which there is no file.
pub fn init(command_line: &'static str) -> Result<(), &'static str> {
    registry::init();
    parameters::init(command_line)
}

/// Loads the module of this name from the initrd.
pub fn load(name: &str) -> Result<(), Error<'_>> {
    load_with(name, &[])
}

/// The same with `name=value` words for its parameters.
pub fn load_with<'name>(name: &'name str, words: &[&'static str]) -> Result<(), Error<'name>> {
    let file = initrd::module(name).ok_or(Reason::NoFile.of(name))?;
    load::load(&file, Purpose::Run(words)).map(drop)
}

/// Does all of a load but for running the module, and takes it away again. What nobody
/// exports is taken to be at `unresolved`. `None` never comes.
pub fn link_only(name: &str, unresolved: Option<u64>) -> Result<Option<Image>, Error<'_>> {
    let file = initrd::module(name).ok_or(Reason::NoFile.of(name))?;
    load::load(&file, Purpose::Link { unresolved })
}

/// Runs a module's exit and takes it away.
pub fn unload(name: &str) -> Result<(), Error<'_>> {
    let mut farewell = Farewell::begin(name).map_err(|reason| reason.of(name))?;
    if let Some(exit) = farewell.exit {
        load::call_void(exit);
    }
    farewell.destructors.drain(..).for_each(load::call_void);
    drop(farewell);
    percpu::balance();
    log::info!("module {name}: unloaded");
    Ok(())
}

/// The state of the module of this name.
pub fn state(name: &str) -> Option<State> {
    registry::read(|entries| {
        let entry = entries.iter().find(|entry| entry.name == name)?;
        Some(entry.state)
    })
}

/// Calls an exported function with one argument; a reference keeps its module
/// from going meanwhile.
pub fn call(symbol: &'static str, argument: u64) -> Result<u64, Error<'static>> {
    let mut held = Providers::default();
    let address = held.resolve(symbol).map_err(|reason| reason.of(symbol))?;
    let address = address.ok_or(Reason::NoSymbol.of(symbol))?;
    let function = core::ptr::with_exposed_provenance::<()>(address as usize);
    // SAFETY: L3: who exports a function under a name that is called here gives
    // it this type, or one that ignores the argument or leaves no result.
    let function =
        unsafe { core::mem::transmute::<*const (), extern "C" fn(u64) -> u64>(function) };
    Ok(function(argument))
}

/// Names of all modules in the list, in the order in which they came.
pub fn loaded() -> Vec<&'static str> {
    registry::read(|entries| entries.iter().map(|entry| entry.name).collect())
}

/// Name, first address and the address behind the last of every module that takes
/// memory; freed init sections are between the two.
pub fn ranges() -> Vec<(&'static str, usize, usize)> {
    registry::read(|entries| {
        let loaded = entries.iter().filter_map(|entry| {
            let loaded = entry.loaded.as_ref()?;
            let (start, size) = (loaded.base() as usize, loaded.layout.size() as usize);
            (start != 0).then_some((entry.name, start, start + size))
        });
        loaded.collect()
    })
}

/// If `address` is a module's, calls `look` with the module's name and the
/// function that it lies in. Never waits: panics ask.
pub fn with_symbol_at<R>(
    address: u64,
    look: impl FnOnce(&str, Option<Located<'_>>) -> R,
) -> Option<R> {
    registry::try_read(|entries| {
        entries
            .iter()
            .find_map(|entry| {
                let loaded = entry.loaded.as_ref()?;
                let inside = loaded.owns(address);
                inside.then(|| (entry.name, loaded.symbol_at(address)))
            })
            .map(|(name, symbol)| look(name, symbol))
    })?
}

/// Calls `look` with the module, the name and the byte of the per-CPU variable that
/// a handle lies in. Never waits.
pub fn with_variable_at<R>(
    handle: u64,
    look: impl FnOnce(&str, VariableName<'_>, u64) -> R,
) -> Option<R> {
    registry::try_read(|entries| {
        let found = entries.iter().find_map(|entry| {
            let mut variables = entry.loaded.as_ref()?.linked.variables();
            let inside = |variable: &Variable<'_>| {
                (variable.handle..variable.handle + variable.size).contains(&handle)
            };
            Some((entry.name, variables.find(inside)?))
        });
        found.map(|(module, variable)| {
            let name = VariableName(variable.name);
            look(module, name, handle - variable.handle)
        })
    })?
}

/// If `address` lies in an init section that a module had until its init returned,
/// calls `look` with the module's name. Never waits: panics ask.
pub fn with_freed_init<R>(address: u64, look: impl FnOnce(&str) -> R) -> Option<R> {
    registry::try_read(|entries| {
        let freed = |entry: &&registry::Entry| {
            let loaded = entry.loaded.as_ref();
            loaded.is_some_and(|loaded| loaded.is_freed(address))
        };
        entries.iter().find(freed).map(|entry| look(entry.name))
    })?
}
