//! Misuse of memory, as it is reported to people: reports with names, and what an address that
//! faulted has been.

use crate::backtrace::Address;
use crate::memory::sanity::{self, Hooks, Kind, MisuseReport, Names, State, pattern};
use crate::memory::{heap, vmalloc};
use crate::{cpus, percpu};
use arch::traps::{ProgramCheck, code};
use arch::{PAGE_SIZE, fault_safe};
use core::fmt;

/// Connects the checker with what it needs of the kernel. Once, at boot, when there is per-CPU
/// memory.
pub fn init() {
    sanity::connect(&Kernel);
}

struct Kernel;

impl Hooks for Kernel {
    fn copy(&self, cpu: u32) -> Option<usize> {
        (cpu < cpus::possible()).then(|| percpu::offset(cpu))
    }

    fn print(&self, report: &MisuseReport) {
        log::error!("{}", report.with_names(&Symbols));
    }
}

/// The kernel's symbols and the modules'.
pub struct Symbols;

impl Names for Symbols {
    fn address(&self, f: &mut fmt::Formatter<'_>, address: u64) -> fmt::Result {
        write!(f, "{}", Address(address))?;
        let block = sanity::at(Kind::Vmalloc, address as usize);
        match block.filter(|block| block.state != State::Live) {
            Some(gone) => write!(f, " [{}, unloaded]", gone.label.unwrap_or("?")),
            None => Ok(()),
        }
    }

    fn is_module(&self, address: u64) -> bool {
        let (start, end) = vmalloc::region();
        (start..end).contains(&(address as usize))
    }
}

/// What is known of an address that faulted, for the report of that. Never waits for long.
pub fn explain(address: u64) -> Option<Explanation> {
    if !sanity::is_on() {
        return None;
    }
    if let Some(what) = pattern::explain(address) {
        return Some(Explanation::Pattern(what));
    }
    let address = address as usize;
    let (start, end) = heap::bounds();
    if (start - PAGE_SIZE..start).contains(&address) || (end..end + PAGE_SIZE).contains(&address) {
        return Some(Explanation::HeapGuard);
    }
    let block = sanity::at(Kind::Vmalloc, address);
    let before = || sanity::at(Kind::Vmalloc, address.wrapping_sub(PAGE_SIZE));
    block.or_else(before).map(|block| Explanation::Area {
        start: block.start,
        bytes: block.zones.bytes,
        module: block.label,
        is_gone: block.state != State::Live,
        by: match block.state {
            State::Live => block.allocated,
            _ => block.freed,
        },
    })
}

/// Whether a program check is a trap that a compiler has put there: a branch, mostly on a
/// condition, to the second half of itself, where no operation is; or a compare and trap.
pub fn is_compilers_trap(check: &ProgramCheck) -> bool {
    const LONGEST: usize = 6;
    let mut bytes = [0; LONGEST];
    let at = (check.psw_address as usize).wrapping_sub(LONGEST);
    if fault_safe::read_bytes(at, &mut bytes).is_err() {
        return false;
    }
    match check.code {
        code::OPERATION => matches!(bytes, [_, _, 0xa7, mask, 0, 1] if mask & 0xf == 4),
        // CGIT and CLGIT, CIT and CLFIT; CGRT and CLGRT, CRT and CLRT.
        code::DATA => matches!(
            bytes,
            [0xec, .., 0x70..=0x73] | [_, _, 0xb9, 0x60 | 0x61 | 0x72 | 0x73, ..]
        ),
        _ => false,
    }
}

/// What an address that faulted has been.
#[derive(Clone, Copy, Debug)]
pub enum Explanation {
    /// It is made of a pattern.
    Pattern(&'static str),
    /// A page before or behind the kernel's heap.
    HeapGuard,
    /// An area of vmalloc, or the guard page behind it.
    Area {
        /// Its first byte.
        start: usize,
        /// Its bytes.
        bytes: usize,
        /// The module whose image it holds.
        module: Option<&'static str>,
        /// Whether it has been freed.
        is_gone: bool,
        /// Who freed it, or else allocated it.
        by: sanity::Event,
    },
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pattern(what) => f.write_str(what),
            Self::HeapGuard => f.write_str("the guard page of the kernel's heap"),
            Self::Area {
                start,
                bytes,
                module,
                is_gone,
                by,
            } => {
                let mut callers = by.addresses();
                let of_module = callers.find(|&address| Symbols.is_module(address));
                let (state, done) = match is_gone {
                    true => ("freed ", "freed"),
                    false => ("", "allocated"),
                };
                write!(
                    f,
                    "in or right behind the {state}area of {bytes} bytes at {start:#x}"
                )?;
                if let Some(module) = module {
                    write!(f, ", the image of module {module}")?;
                }
                match of_module {
                    Some(caller) => write!(f, ", {done} by {}", Address(caller)),
                    None => Ok(()),
                }
            }
        }
    }
}
