//! What a handle, or an address on some CPU, belongs to, in words.
//!
//! ```text
//!  0xff2f5c10 is cpu 1's copy of handle 0x1c2c10
//!  handle 0x1c2c10: static, byte 3088 of chunk 0
//!  variable kernel::interrupts::CLOCK, byte 0
//!  cpu 0: 0xff2ddc10, real 0xff2ddc10
//!  ...
//! ```

use crate::modules::{self, VariableName};
use crate::percpu::{Handle, Location, Part, locate, locate_address, offset};
use crate::{cpus, symbols};
use core::fmt;

/// A number that should be a handle or a copy's address; prints what it is.
#[derive(Clone, Copy, Debug)]
pub struct PerCpuAddress(pub usize);

impl fmt::Display for PerCpuAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.0;
        let copy = locate_address(number);
        let handle = match copy {
            Some((cpu, handle)) => {
                writeln!(f, "{number:#x} is cpu {cpu}'s copy of handle {handle}")?;
                handle
            }
            None => Handle(number),
        };
        let Some(location) = locate(handle) else {
            return write!(f, "{number:#x} is no per-CPU handle, and no copy's address");
        };
        describe(f, handle, &location)?;
        variable(f, handle)?;
        for cpu in 0..cpus::possible() {
            let address = handle.0.wrapping_add(offset(cpu));
            write!(f, "\ncpu {cpu}: {address:#x}, ")?;
            match arch::dat::real_address(address) {
                Some(real) => write!(f, "real {real:#x}")?,
                None => f.write_str("not populated")?,
            }
        }
        Ok(())
    }
}

fn describe(f: &mut fmt::Formatter<'_>, handle: Handle, location: &Location) -> fmt::Result {
    let part = match location.part {
        Part::Static => "static",
        Part::Reserved => "reserved",
        Part::Dynamic => "dynamic",
    };
    let Location { chunk, offset, .. } = location;
    write!(f, "handle {handle}: {part}, byte {offset} of chunk {chunk}")?;
    match (location.area, location.part) {
        (Some((start, size)), _) => write!(f, ", in the area of {size} bytes at {start}"),
        (None, Part::Static) => Ok(()),
        (None, _) => f.write_str(", in no live area"),
    }
}

/// The line of the variable, if it is one.
fn variable(f: &mut fmt::Formatter<'_>, handle: Handle) -> fmt::Result {
    let address = handle.0 as u64;
    if let Some(found) = symbols::kernel(address) {
        let name = VariableName(found.name);
        return write!(f, "\nvariable {name}, byte {}", found.offset);
    }
    let Some((module, variable, byte)) = modules::variable_at(address) else {
        return Ok(());
    };
    let name = VariableName(variable);
    write!(f, "\nvariable {name} of module {module}, byte {byte}")
}
