//! Modules: relocatable objects from the initrd, loaded far away.
//!
//! From the bottom to the top:
//!
//! * `state.rs`, `symbol_kind.rs`, `taint.rs`, `variable_name.rs`: small types
//! * `error.rs`: everything that can be wrong
//! * `module_file.rs`: a module as the initrd has it
//! * `parameters.rs`: `name=value` words for a module
//! * `static_percpu.rs`, `linux.rs`, `loaded.rs`: what a loaded module owns
//! * `registry/`: which modules there are, their exports, references on them
//! * `imports.rs`: whose exports an object may be given
//! * `debugger.rs`: where a debugger learns of a module
//! * `lifecycle.rs`: from one state of a module to the next
//! * `lookup.rs`, `report.rs`: what others ask of the list, and what is shown of it
//! * `linking.rs`: from an object to an image in memory
//! * `view.rs`: what a loaded module is made of, decoded again for whoever shows it
//! * `call.rs`: into a module's code
//! * `jump_labels.rs`: branches in code of Linux's that keys decide on
//! * `load.rs`, `link_only.rs`: from a file to a module that runs, or to its image's hash
//! * `dependencies.rs`, `modprobe.rs`: what a module needs, loaded first
//! * `modinfo.rs`: what a module's file says of it
//! * `request.rs`: loads that modules ask for
//!
//! Validation, layout and relocation are the crate `loader`; here it meets
//! memory, per-CPU memory and running code.

mod balance;
mod call;
mod debugger;
mod dependencies;
mod error;
mod imports;
mod jump_labels;
mod leftovers;
mod lifecycle;
mod link_only;
mod linking;
mod linux;
mod load;
mod loaded;
mod lookup;
mod modinfo;
mod modprobe;
mod module_file;
mod parameters;
mod registry;
mod report;
mod request;
mod state;
mod static_percpu;
mod symbol_kind;
mod taint;
mod unresolved;
mod variable_name;
mod view;

pub use balance::PREEMPT_COUNT;
pub use call::{call, call_for_cpu, returns_nothing};
pub use error::{Error, Reason};
pub use jump_labels::key_changed;
pub use link_only::link_only;
pub use load::{load, load_forced, load_with, unload};
pub use lookup::{
    BugFound, bug_at, code_at, exception_at, freed_init_at, is_text, loaded, ranges, state,
    symbol_at, variable_at,
};
pub use modinfo::print_modinfo;
pub use modprobe::{
    Lost, load_at_boot, load_with_dependencies, lost_at_boot, shipped, shipped_and_given,
    unload_with_dependencies,
};
pub use registry::{kernel_symbols, symbol_count};
pub use report::{exports, list, print_names};
pub use state::State;
pub use variable_name::{SymbolName, VariableName};
pub use view::{
    FoundVariable, Named, Sample, View, address_of, kernel_variables, owner_of, sample,
    variable_holding, variable_named, view,
};

use core::fmt;

/// Why there can be no modules.
#[derive(Clone, Copy, Debug)]
pub enum InitError {
    /// The kernel command line has a parameter for a module of which there is no file.
    NoFile(&'static str),
    /// The kernel heap is too small for the list of exports.
    Heap,
}

impl fmt::Display for InitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoFile(name) => {
                write!(f, "command line: {name}.: the initrd has no module {name}")
            }
            Self::Heap => f.write_str("modules: the kernel heap is exhausted"),
        }
    }
}

/// Enters the kernel's exports, and looks through the command line for parameters of
/// modules. Once, at boot, when there are a heap, an initrd and per-CPU memory.
///
/// # Errors
/// As [`InitError`] has them.
pub fn init(command_line: &'static str) -> Result<(), InitError> {
    registry::init().map_err(|_| InitError::Heap)?;
    parameters::init(command_line).map_err(InitError::NoFile)
}
