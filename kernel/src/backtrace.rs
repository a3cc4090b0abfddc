//! Addresses with names, for a backtrace and whoever prints like one: the kernel's
//! symbols and the modules'.

use crate::modules;
use crate::symbols::kernel;
use arch::boot;
use arch::traps::ProgramCheck;
use core::fmt;
use loader::Demangled;

/// Prints an address with its symbol: `0x101234 kernel::main+0x12`, with the
/// module's name behind it in brackets for a module's.
#[derive(Clone, Copy, Debug)]
pub struct Address(pub u64);

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#014x}", self.0)?;
        if let Some(symbol) = kernel(self.0) {
            let name = Demangled(symbol.name);
            return write!(f, " {name}+{:#x}", symbol.offset);
        }
        match modules::symbol_at(self.0) {
            Some((module, Some(symbol))) => {
                let name = Demangled(symbol.name);
                write!(f, " {name}+{:#x} [{module}]", symbol.offset)
            }
            Some((module, None)) => write!(f, " [{module}]"),
            None => Ok(()),
        }
    }
}

/// Whether an address lies in code, the kernel's or a module's; `None` where that can't be
/// known.
pub fn is_code(address: u64) -> Option<bool> {
    let (start, end) = boot::image().text;
    if (start as u64..end as u64).contains(&address) {
        return Some(true);
    }
    modules::is_text(address)
}

/// A jump to where no code is, with what shows who jumped.
#[derive(Clone, Copy, Debug)]
pub struct WildJump {
    /// Where to.
    to: u64,
    /// The branch: the breaking event.
    from: u64,
    /// What register 14 held: if the branch was a call, the place behind it; if it ended a
    /// function, its caller's.
    return_address: u64,
}

impl WildJump {
    /// The jump that a program check came of, if its instruction is in no code.
    pub fn of(check: &ProgramCheck) -> Option<Self> {
        let to = check.instruction();
        (is_code(to) == Some(false)).then_some(Self {
            to,
            from: check.breaking_event,
            return_address: check.return_address,
        })
    }
}

impl fmt::Display for WildJump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "a jump to {:#x}, where no code is, from {}, register 14: {}",
            self.to,
            Address(self.from),
            Address(self.return_address)
        )
    }
}

/// Writes an address as `%pS` and `%ps` do: `main+0x12/0x40 [module]`, `main [module]`,
/// or as a number if no symbol is known.
pub fn write(output: &mut dyn fmt::Write, address: u64, with_offset: bool) -> fmt::Result {
    let (module, symbol) = match kernel(address) {
        Some(symbol) => (None, Some(symbol)),
        None => match modules::symbol_at(address) {
            Some((module, symbol)) => (Some(module), symbol),
            None => (None, None),
        },
    };
    match symbol {
        Some(symbol) => {
            write!(output, "{}", Demangled(symbol.name))?;
            if with_offset {
                write!(output, "+{:#x}/{:#x}", symbol.offset, symbol.size)?;
            }
        }
        None => write!(output, "{address:#x}")?,
    }
    module.map_or(Ok(()), |module| write!(output, " [{module}]"))
}
