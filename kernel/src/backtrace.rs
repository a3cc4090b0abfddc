//! Addresses with names, for a backtrace and whoever prints like one: the kernel's
//! symbols and the modules'.

use crate::modules;
use crate::symbols::{Located, kernel};
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
        modules::with_symbol_at(self.0, |module, symbol| match symbol {
            Some(symbol) => {
                let name = Demangled(symbol.name);
                write!(f, " {name}+{:#x} [{module}]", symbol.offset)
            }
            None => write!(f, " [{module}]"),
        })
        .unwrap_or(Ok(()))
    }
}

/// Writes an address as `%pS` and `%ps` do: `main+0x12/0x40 [module]`, `main [module]`,
/// or as a number if no symbol is known.
pub fn write(output: &mut dyn fmt::Write, address: u64, with_offset: bool) -> fmt::Result {
    let mut symbol = |module: Option<&str>, symbol: Option<Located<'_>>| {
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
    };
    if let Some(found) = kernel(address) {
        return symbol(None, Some(found));
    }
    let found = modules::with_symbol_at(address, |module, found| symbol(Some(module), found));
    found.unwrap_or_else(|| symbol(None, None))
}
