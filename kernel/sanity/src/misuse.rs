//! What can be wrong, and how it is worded.

use crate::block::{Block, Event, Kind};
use crate::pattern::Damage;
use core::fmt;

/// What was done that may not be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misuse {
    /// Something was written behind a block.
    Overrun(Damage),
    /// Something was written in front of a block.
    Underrun(Damage),
    /// Something was written to a block that had been freed.
    WriteAfterFree(Damage),
    /// A block was freed that had been freed before.
    FreedTwice,
    /// An address inside a block was freed.
    FreedInside,
    /// A block was freed by another allocator's function.
    WrongFree(Kind),
    /// An object was freed to another cache than its own, or by kfree.
    WrongCache,
    /// An address was freed at which no block is.
    NoBlock(Kind),
    /// A cache was destroyed that has objects, so many.
    CacheInUse(usize),
    /// A cache was used that had been destroyed.
    CacheGone,
    /// A module was unloaded, and a block that it had allocated is left.
    Leaked,
    /// An allocator hands a block out that is another's, or no memory of its own: its lists
    /// were written over.
    Overlap,
}

/// When it was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// By the call that does it.
    AtOnce,
    /// When the block was freed.
    Free,
    /// When the block left quarantine.
    Quarantine,
    /// When page frames were taken again.
    Taken,
    /// When all blocks were looked at.
    Check,
    /// When the function at this address had returned.
    Return(u64),
    /// When the module was unloaded.
    Unload,
}

/// A report.
#[derive(Clone, Copy, Debug)]
pub struct Report {
    /// Its number, from 1 on.
    pub number: u64,
    /// What was done.
    pub misuse: Misuse,
    /// The first byte that it was done to, or the address that was passed.
    pub address: usize,
    /// The block that it was done to.
    pub block: Option<Block>,
    /// The block in front of that, if it may have been its owner who did it.
    pub neighbour: Option<Block>,
    /// Whose copy, of a per-CPU area.
    pub copy: Option<u32>,
    /// When it was found.
    pub found: Found,
    /// Who did it, or was at work when it was found.
    pub event: Event,
}

/// Gives addresses of code their names.
pub trait Names {
    /// Writes an address with its function, and its module.
    ///
    /// # Errors
    /// The formatter's.
    fn address(&self, f: &mut fmt::Formatter<'_>, address: u64) -> fmt::Result;

    /// Whether it is a module's.
    fn is_module(&self, address: u64) -> bool;
}

/// Writes an event's calls: from the last of the kernel's before the first of a module's on,
/// if there is one.
fn event<N: Names>(
    f: &mut fmt::Formatter<'_>,
    names: &N,
    what: &str,
    event: &Event,
) -> fmt::Result {
    let micros = event.time / 1000;
    let (seconds, micros) = (micros / 1_000_000, micros % 1_000_000);
    write!(
        f,
        "\n  {what} at {seconds}.{micros:06} on cpu {}:",
        event.cpu
    )?;
    let mut addresses = event.addresses();
    let module = addresses.position(|address| names.is_module(address));
    for address in event
        .addresses()
        .skip(module.unwrap_or(0).saturating_sub(1))
    {
        f.write_str("\n    ")?;
        names.address(f, address)?;
    }
    Ok(())
}

/// Who allocated a block, and who freed it.
struct History<'a, N> {
    block: &'a Block,
    names: &'a N,
}

impl<N: Names> fmt::Display for History<'_, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.block.allocated != Event::NONE {
            event(f, self.names, "allocated", &self.block.allocated)?;
        }
        match self.block.freed {
            Event::NONE => Ok(()),
            freed => event(f, self.names, "freed", &freed),
        }
    }
}

impl Block {
    /// What it is, by its bytes and where it begins.
    pub fn named(&self) -> impl fmt::Display + '_ {
        Described(self)
    }

    /// Who allocated it, and who freed it: lines, each with a line end in front.
    pub fn history<'a, N: Names>(&'a self, names: &'a N) -> impl fmt::Display + 'a {
        History { block: self, names }
    }
}

/// A number and a noun in its form.
struct Count(usize, &'static str);

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.0 == 1 { "" } else { "s" };
        write!(f, "{} {}{plural}", self.0, self.1)
    }
}

/// A block, as messages name it.
struct Described<'a>(&'a Block);

impl fmt::Display for Described<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Block {
            kind, zones, start, ..
        } = self.0;
        let bytes = Count(zones.bytes, "byte");
        match (self.0.label, kind) {
            (Some(name), Kind::PerCpu) => {
                write!(
                    f,
                    "the per-CPU variables of module {name}, {bytes}, handle {start:#x}"
                )
            }
            (Some(name), _) => write!(f, "the image of module {name}, {bytes} at {start:#x}"),
            (None, Kind::PerCpu) => write!(f, "{bytes} of per-CPU memory, handle {start:#x}"),
            (None, Kind::Slab) if self.0.cache != 0 => {
                write!(f, "{bytes} of a kmem_cache at {start:#x}")
            }
            (None, _) => write!(f, "{bytes} of {kind} at {start:#x}"),
        }
    }
}

impl Report {
    /// Where the damage is, in bytes from the block's start.
    fn offset(&self) -> isize {
        let start = self.block.map_or(0, |block| block.start);
        self.address.wrapping_sub(start) as isize
    }

    /// The report, with names for what it knows by address.
    pub fn with_names<'a, N: Names>(&'a self, names: &'a N) -> impl fmt::Display + 'a {
        Worded {
            report: self,
            names,
        }
    }

    fn headline(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = self.address;
        let damaged = |f: &mut fmt::Formatter<'_>, what: &str, damage: &Damage| {
            let count = Count(damage.last - damage.first + 1, "byte");
            write!(f, "{what}: {count} from offset {} on (", self.offset())?;
            write!(f, "{address:#x}, which holds {:#04x}) of ", damage.value)
        };
        match &self.misuse {
            Misuse::Overrun(damage) => damaged(f, "written past the end", damage)?,
            Misuse::Underrun(damage) => damaged(f, "written before the start", damage)?,
            Misuse::WriteAfterFree(damage) => damaged(f, "written after it was freed", damage)?,
            Misuse::FreedTwice => f.write_str("freed twice: ")?,
            Misuse::FreedInside => {
                let offset = self.offset();
                write!(
                    f,
                    "freed by an address inside: {address:#x}, offset {offset} of "
                )?;
            }
            Misuse::WrongFree(by) => write!(f, "freed by {}: ", by.free())?,
            Misuse::WrongCache => f.write_str("freed to another cache than its own: ")?,
            Misuse::NoBlock(by) => {
                return write!(f, "freed by {}, and no block: {address:#x}", by.free());
            }
            Misuse::CacheInUse(objects) => {
                let objects = Count(*objects, "object");
                write!(f, "a cache is destroyed while {objects} of it live: ")?;
            }
            Misuse::CacheGone => f.write_str("used after it was destroyed: a cache, ")?,
            Misuse::Leaked => f.write_str("left behind by a module that was unloaded: ")?,
            Misuse::Overlap => {
                write!(
                    f,
                    "an allocator's lists are written over: it hands {address:#x} out"
                )?;
                if self.block.is_some() {
                    f.write_str(", inside ")?;
                }
            }
        }
        if let Some(block) = &self.block {
            write!(f, "{}", Described(block))?;
        }
        match self.copy {
            Some(cpu) => write!(f, ", in the copy of cpu {cpu}"),
            None => Ok(()),
        }
    }
}

struct Worded<'a, N> {
    report: &'a Report,
    names: &'a N,
}

impl<N: Names> fmt::Display for Worded<'_, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (report, names) = (self.report, self.names);
        f.write_str("memory misuse: ")?;
        report.headline(f)?;
        match report.found {
            Found::AtOnce => event(f, names, "done", &report.event)?,
            Found::Free => f.write_str("\n  found when it was freed")?,
            Found::Quarantine => {
                event(f, names, "found when it left quarantine,", &report.event)?;
            }
            Found::Taken => event(f, names, "found when it was taken again,", &report.event)?,
            Found::Check => event(
                f,
                names,
                "found when all blocks were looked at,",
                &report.event,
            )?,
            Found::Return(function) => {
                f.write_str("\n  found when this function had returned:\n    ")?;
                names.address(f, function)?;
            }
            Found::Unload => {}
        }
        if let Some(block) = &report.block {
            write!(f, "{}", block.history(names))?;
        }
        if let Some(block) = &report.neighbour {
            write!(f, "\n  in front of it: {}", block.named())?;
            event(f, names, "allocated", &block.allocated)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::State;
    use crate::zones::Zones;
    use std::string::ToString;

    struct Numbers;

    impl Names for Numbers {
        fn address(&self, f: &mut fmt::Formatter<'_>, address: u64) -> fmt::Result {
            write!(f, "f{address:x}")
        }

        fn is_module(&self, address: u64) -> bool {
            address >= 0x100
        }
    }

    fn event(trace: &[u64]) -> Event {
        let mut event = Event::NONE;
        event.trace[..trace.len()].copy_from_slice(trace);
        event.time = 1_002_003_999;
        event
    }

    #[test]
    fn a_report_has_who_allocated_and_who_freed() {
        let zones = Zones::new(24, 8).unwrap();
        let allocated = event(&[0x10, 0x11, 0x100, 0x12]);
        let mut block = Block::new(Kind::Slab, 0x5000, zones, allocated);
        let mut report = Report {
            number: 1,
            misuse: Misuse::Overrun(Damage {
                first: 0,
                last: 0,
                value: 0x41,
            }),
            address: 0x5018,
            block: Some(block),
            neighbour: None,
            copy: None,
            found: Found::Free,
            event: event(&[0x10, 0x101]),
        };
        assert_eq!(
            report.with_names(&Numbers).to_string(),
            "memory misuse: written past the end: 1 byte from offset 24 on \
             (0x5018, which holds 0x41) of 24 bytes of kmalloc at 0x5000\n  \
             found when it was freed\n  \
             allocated at 1.002003 on cpu 0:\n    f11\n    f100\n    f12"
        );
        block.state = State::Kept;
        block.freed = event(&[0x102]);
        report.misuse = Misuse::FreedTwice;
        report.block = Some(block);
        report.found = Found::AtOnce;
        assert_eq!(
            report.with_names(&Numbers).to_string(),
            "memory misuse: freed twice: 24 bytes of kmalloc at 0x5000\n  \
             done at 1.002003 on cpu 0:\n    f10\n    f101\n  \
             allocated at 1.002003 on cpu 0:\n    f11\n    f100\n    f12\n  \
             freed at 1.002003 on cpu 0:\n    f102"
        );
    }
}
