//! A live module as it stands in memory: what its slots hold, and its relocations.
//!
//! The relocations are worked out again from the module's file; slots and fields are read
//! from memory, so that both can be compared.

use crate::control::details::{self, Relocation};
use crate::modules::{Reason, SymbolName, View};
use crate::{percpu, println};
use arch::fault_safe;
use core::fmt;
use loader::{Demangled, Howto, Position, Via, Within, type_name};

/// Most bytes from an instruction's start to the end of its field.
const CODE: usize = 16;

/// Sends its slots and relocations.
pub fn emit(view: &View) {
    emit_slots(view);
    for (section, relocation, computed) in view.bindings.relocations(&view.plan) {
        let howto = Howto::of(relocation.r_type);
        let before = howto.map_or(0, |howto| howto.bias as u64);
        let bytes = howto.map_or(0, |howto| howto.bias as usize + howto.field.bytes());
        // Per-CPU data was written to the template: CPU 0's copy began with it.
        let copy = match view.layout().position(section.index) {
            Position::PerCpu(_) => percpu::offset(0) as u64,
            _ => 0,
        };
        let start = computed.address.wrapping_sub(before).wrapping_add(copy);
        let mut code = [0; CODE];
        let code = code.get_mut(..bytes).unwrap_or_default();
        // What is given back since can't be read.
        let code = fault_safe::read_bytes(start as usize, code)
            .is_ok()
            .then_some(&*code);
        let symbol = view.plan.object().symbol(relocation.symbol as usize);
        let within = view.linked.within(computed.address);
        let function = within.as_ref().and_then(Within::function);
        details::relocation(&Relocation {
            module: view.name,
            section: section.name,
            offset: relocation.offset,
            address: computed.address,
            type_name: type_name(relocation.r_type),
            symbol: SymbolName(symbol.name, computed.value),
            addend: relocation.addend,
            value: computed.value,
            via: match computed.via {
                Via::Direct => None,
                Via::Slot(address) => Some(("slot", address)),
                Via::Stub(address) => Some(("stub", address)),
            },
            result: computed.result,
            fits: true,
            function: function.map(|(symbol, bytes)| Inside(symbol.name, bytes)),
            code,
        });
    }
}

fn emit_slots(view: &View) {
    let slots = match view.bindings.slots(&view.plan).map_err(Reason::from) {
        Ok(slots) => slots,
        Err(error) => return println!("details: {error}"),
    };
    for slot in slots {
        // A module's slots are mapped as long as it is there.
        if let Ok(value) = fault_safe::read_u64(slot.address as usize) {
            let name = SymbolName(slot.name, slot.value);
            details::slot(view.name, name, slot.address, value);
        }
    }
}

/// A function, and bytes from its start.
struct Inside(&'static str, u64);

impl fmt::Display for Inside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{:#x}", Demangled(self.0), self.1)
    }
}
