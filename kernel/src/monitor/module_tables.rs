//! Commands on what the loader made of a module: sections, slots, stubs, relocations.
//!
//! What the loader wrote is worked out again from the module's file; what is in memory is
//! read from there, so that both can be compared.

use super::command::{Action, Command, one};
use super::error::Error;
use super::interrupt;
use super::row::row;
use super::shown::{Bytes, Signed};
use crate::modules::{self, Named, SymbolName, VariableName, View};
use crate::percpu;
use crate::println;
use arch::fault_safe;
use core::fmt::{self, Write};
use loader::{
    Computed, Demangled, Field, Howto, Position, Relocation, Section, Slot, Via, type_name,
};
use words::matches;

/// The commands of this group.
pub const COMMANDS: &[Command] = &[
    Command {
        name: "sections",
        arguments: "MODULE",
        help: "shows where the sections of a module's file went",
        look: "Text comes first, then the PLT, read-only data, the GOT, data: each kind on pages\n\
               of its own (r-x, r--, rw-). .data..percpu isn't beside them: its address is a\n\
               handle, near the kernel image, and every CPU has a copy. init ones are given back.",
        example: "sections {module}",
        action: Action::Run(sections),
    },
    Command {
        name: "got",
        arguments: "MODULE",
        help: "shows a module's GOT: each slot, and what it holds",
        look: "A slot is 8 bytes beside the module, so `larl` and `lgrl` reach it; what it holds may\n\
               be anywhere. Slots of per-CPU variables hold handles, which are near the kernel.",
        example: "got {module}",
        action: Action::Run(got),
    },
    Command {
        name: "plt",
        arguments: "MODULE",
        help: "shows a module's PLT: each stub, and where it goes",
        look: "A call reaches 4 GiB, and the kernel is further away: the call goes to a stub of\n\
               8 bytes, `lgrl %r1,slot; br %r1`, and the stub to what its GOT slot holds.",
        example: "plt {module}",
        action: Action::Run(plt),
    },
    Command {
        name: "relocs",
        arguments: "MODULE [PATTERN]",
        help: "shows its relocations: as written, and the field now",
        look: "PATTERN, in which * is anything, is for the symbol, the section or the type. At the end\n\
               = : the field holds what the loader wrote; ! : something else, as in data that changed.",
        example: "relocs {module} R_390_GOTENT",
        action: Action::Run(relocations),
    },
];

/// What is expected, for errors.
const MODULE: &str = "a loaded module's name (lsmod has them)";

fn sections<'line>(arguments: &[&'line str]) -> Result<(), Error<'line>> {
    let view = modules::view(one(arguments, MODULE)?)?;
    println!("  # section                      address         bytes align  goes to");
    for section in view.layout().sections() {
        interrupt::check()?;
        if !section.is_allocated() {
            continue;
        }
        let address = view.layout().position(section.index);
        let address = address.address(view.base, view.per_cpu).unwrap_or(0);
        row!(
            "{:>3} {:<24} {address:#18x} {:>9} {:>5}  {}",
            section.index,
            section.name,
            section.size,
            section.align,
            GoesTo(&view, section)
        );
    }
    let ((got, got_bytes), (plt, plt_bytes)) = (view.layout().got(), view.layout().plt());
    row!(
        "    {:<24} {:#18x} {plt_bytes:>9} {:>5}  text: made by the loader",
        "PLT",
        view.base.wrapping_add(plt),
        8
    );
    row!(
        "    {:<24} {:#18x} {got_bytes:>9} {:>5}  rodata: made by the loader",
        "GOT",
        view.base.wrapping_add(got),
        8
    );
    row!(
        "next: got {0}; plt {0}; relocs {0}; walk {1:#x}",
        view.name,
        view.base
    );
    Ok(())
}

/// The region that a section is in.
struct GoesTo<'a>(&'a View, &'a Section<'static>);

impl fmt::Display for GoesTo<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.layout().position(self.1.index) {
            Position::Nowhere => f.write_str("nowhere"),
            Position::PerCpu(offset) => write!(f, "per-CPU template, byte {offset}: a handle"),
            Position::Image(offset) => match self.0.layout().region_at(offset) {
                Some(region) => write!(f, "{}", region.kind),
                // Of no bytes, at the end of all.
                None => f.write_str("no bytes"),
            },
        }
    }
}

/// The module's slots, in their order.
fn slots<'line>(view: &View) -> Result<alloc::vec::Vec<Slot<'static>>, Error<'line>> {
    let slots = view.bindings.slots(&view.plan);
    Ok(slots.map_err(modules::Reason::from)?)
}

fn got<'line>(arguments: &[&'line str]) -> Result<(), Error<'line>> {
    let view = modules::view(one(arguments, MODULE)?)?;
    let (start, bytes) = view.layout().got();
    let start = view.base.wrapping_add(start);
    println!(
        "module {}: GOT of {} slots at {start:#x}",
        view.name,
        bytes / 8
    );
    println!("slot              holds               of");
    for slot in slots(&view)? {
        interrupt::check()?;
        let holds = fault_safe::read_u64(slot.address as usize)?;
        let changed = if holds == slot.value {
            ""
        } else {
            ", not what the loader wrote"
        };
        row!(
            "{:#016x}  {holds:#018x}  {}: {}{changed}",
            slot.address,
            SymbolName(slot.name, slot.value),
            Named(holds)
        );
    }
    if let Some(variable) = view.variables().find(|variable| variable.slot.is_some()) {
        row!("next: pcpu {} --hop", VariableName(variable.name));
    }
    Ok(())
}

fn plt<'line>(arguments: &[&'line str]) -> Result<(), Error<'line>> {
    let view = modules::view(one(arguments, MODULE)?)?;
    let (start, bytes) = view.layout().plt();
    let start = view.base.wrapping_add(start);
    println!(
        "module {}: PLT of {} stubs at {start:#x}",
        view.name,
        bytes / 8
    );
    println!("stub              code                    slot              to");
    let slots = slots(&view)?;
    for number in 0..bytes / 8 {
        interrupt::check()?;
        let stub = start + 8 * number;
        let mut code = [0; 8];
        fault_safe::read_bytes(stub as usize, &mut code)?;
        let halfwords = i32::from_be_bytes([code[2], code[3], code[4], code[5]]);
        let slot = stub.wrapping_add_signed(2 * i64::from(halfwords));
        let name = slots.iter().find(|its| its.address == slot);
        row!(
            "{stub:#016x}  {}  {slot:#016x}  {}",
            Bytes(&code),
            Demangled(name.map_or("?", |slot| slot.name))
        );
    }
    row!("next: got {}; dis {start:#x} 2", view.name);
    Ok(())
}

fn relocations<'line>(arguments: &[&'line str]) -> Result<(), Error<'line>> {
    let (module, glob) = match arguments {
        [module] => (module, None),
        [module, glob] => (module, Some(*glob)),
        _ => {
            return Err(Error::Expected(
                "a loaded module's name, and perhaps a pattern",
            ));
        }
    };
    let view = modules::view(module)?;
    let (mut shown, mut all) = (0, 0);
    for (section, relocation, computed) in view.bindings.relocations(&view.plan) {
        interrupt::check()?;
        all += 1;
        let symbol = symbol_name(&view, &relocation);
        let type_name = type_name(relocation.r_type);
        if glob.is_none_or(|glob| is_meant(glob, symbol, section.name, type_name)) {
            print_relocation(&view, &section, &relocation, &computed);
            shown += 1;
        }
    }
    println!("{shown} of {all} relocations");
    Ok(())
}

fn is_meant(glob: &str, symbol: &str, section: &str, type_name: &str) -> bool {
    let mut shown = heapless::String::<256>::new();
    // What is longer is cut, and compared as far as it goes.
    let _ = write!(shown, "{}", VariableName(symbol));
    [shown.as_str(), symbol, section, type_name]
        .iter()
        .any(|text| matches(glob, text))
}

/// The symbol that a relocation is against.
fn symbol_name(view: &View, relocation: &Relocation) -> &'static str {
    view.plan.object().symbol(relocation.symbol as usize).name
}

fn print_relocation(
    view: &View,
    section: &Section<'_>,
    relocation: &Relocation,
    computed: &Computed,
) {
    row!(
        "{:#016x} {}+{:#x}: {} against {}{:+}",
        computed.address,
        section.name,
        relocation.offset,
        type_name(relocation.r_type),
        SymbolName(symbol_name(view, relocation), computed.value),
        relocation.addend
    );
    row!("    {}", Written(view, section, relocation, computed));
}

/// What the loader wrote, and what is there.
struct Written<'a>(&'a View, &'a Section<'a>, &'a Relocation, &'a Computed);

impl fmt::Display for Written<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(view, section, relocation, computed) = self;
        match computed.via {
            Via::Direct => write!(f, "value {:#x}", computed.value)?,
            Via::Slot(slot) => write!(f, "slot {slot:#x}")?,
            Via::Stub(stub) => write!(f, "stub {stub:#x}")?,
        }
        let field = Howto::of(relocation.r_type).map_or(Field::NONE, |howto| howto.field);
        match field.bytes() {
            8 => write!(f, ", written {:#x}", computed.result)?,
            _ => write!(f, ", written {}", Signed(computed.result))?,
        }
        let mut now = [0; 8];
        let now = &mut now[..field.bytes()];
        // Per-CPU data was written to the template: CPU 0's copy began with it.
        let place = match view.layout().position(section.index) {
            Position::PerCpu(_) => computed.address.wrapping_add(percpu::offset(0) as u64),
            _ => computed.address,
        };
        if fault_safe::read_bytes(place as usize, now).is_err() {
            return f.write_str("; given back since");
        }
        let mut wanted = [0; 8];
        let wanted = &mut wanted[..field.bytes()];
        wanted.copy_from_slice(now);
        let same = field.write(wanted, computed.result).is_ok() && wanted == now;
        write!(f, "; now {} {}", Bytes(now), if same { '=' } else { '!' })
    }
}
