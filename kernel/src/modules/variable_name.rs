//! Names of per-CPU variables, for people.

use crate::percpu::{self, Handle};
use core::fmt::{self, Write};
use loader::Demangled;

/// A per-CPU variable's name as its author wrote it. The storage behind
/// `percpu!` is a static inside a method of the variable's type, so the type is
/// what to show. Allocates nothing.
#[derive(Clone, Copy, Debug)]
pub struct VariableName<'a>(pub &'a str);

impl fmt::Display for VariableName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut name = heapless::String::<256>::new();
        // What is longer is cut.
        let _ = write!(name, "{}", Demangled(self.0));
        let kind = name
            .strip_prefix('<')
            .and_then(|rest| rest.split_once(" as "));
        f.write_str(kind.map_or(&name, |(kind, _)| kind))
    }
}

/// A symbol's name by its value: a variable's as its author wrote it, or a function's.
#[derive(Clone, Copy, Debug)]
pub struct SymbolName<'a>(pub &'a str, pub u64);

impl fmt::Display for SymbolName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match percpu::locate(Handle(self.1 as usize)) {
            Some(_) => write!(f, "{}", VariableName(self.0)),
            None => write!(f, "{}", Demangled(self.0)),
        }
    }
}
