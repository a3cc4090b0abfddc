//! What the machine looks like from inside, sent on the control channel where somebody asked
//! for it (`details`): the map and the CPUs when it is up; chunks, the copies of static
//! variables, and modules as they stand in memory, when its work is done. What there is of a
//! module is sent when it is linked, and figures where they are measured.
//!
//! * `chunks.rs`: chunks and areas, at the end and at moments of a stress run
//! * `linked.rs`: a live module's slots and relocations

mod chunks;
mod linked;

pub use chunks::emit_moment;

use crate::control::details::{self, Variable};
use crate::modules::{self, FoundVariable, VariableName};
use crate::{cpus, percpu, println, smp};
use arch::{fault_safe, lowcore};

/// Most bytes of a copy that are sent.
const VALUE: usize = 64;

/// The machine is up.
pub fn emit_start(regions: impl Iterator<Item = (&'static str, (usize, usize))>) {
    if !details::wants_details() {
        return;
    }
    for (name, (start, end)) in regions {
        details::region(name, start, end);
    }
    for cpu in 0..cpus::possible() {
        let prefix = match cpus::is_online(cpu) {
            true => smp::run_on(cpu, lowcore::prefix_of_this_cpu).ok(),
            false => None,
        };
        details::cpu(cpu, cpus::address(cpu), prefix, percpu::offset(cpu));
    }
    for found in modules::kernel_variables() {
        details::variable(&Variable {
            module: None,
            name: VariableName(found.name),
            handle: found.handle,
            bytes: found.size,
            slot: None,
        });
    }
}

/// The machine's work is done.
pub fn emit_end() {
    if !details::wants_details() {
        return;
    }
    modules::kernel_variables().for_each(emit_copies);
    match modules::loaded() {
        Ok(names) => names.into_iter().for_each(emit_module),
        Err(error) => println!("details: {error}"),
    }
    chunks::emit();
}

fn emit_module(name: &'static str) {
    match modules::view(name) {
        Ok(view) => {
            view.variables().for_each(emit_copies);
            linked::emit(&view);
        }
        Err(error) => println!("details: {error}"),
    }
}

fn emit_copies(variable: FoundVariable) {
    let FoundVariable { handle, size, .. } = variable;
    for cpu in 0..cpus::possible() {
        let address = (handle as usize).wrapping_add(percpu::offset(cpu));
        let mut bytes = [0; VALUE];
        let value = &mut bytes[..VALUE.min(size as usize)];
        // A copy is mapped as long as its variable is there (P13).
        if fault_safe::read_bytes(address, value).is_ok() {
            details::copy(handle, cpu, address, value);
        }
    }
}
