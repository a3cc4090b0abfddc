//! What code compiled for Linux reports by MONITOR CALL: a WARN, behind which it goes on, or a BUG,
//! which ends the run. File and line are in a table of its module.

use crate::backtrace::Address;
use crate::modules::{self, BugFound};
use crate::{continuation, panic, warning};
use arch::backtrace::{Step, Walk};
use arch::fault_safe;
use arch::traps::{ProgramCheck, TrapFrame};
use core::fmt;

/// Reports what a MONITOR CALL is about; `false` if it is nobody's. Returns if the code may go on.
pub fn handle(check: &ProgramCheck, frame: &TrapFrame) -> bool {
    let Some(found) = modules::bug_at(check.instruction()) else {
        return false;
    };
    let file = FileName(found.file);
    let BugFound { line, .. } = found;
    if !found.is_warning {
        panic::bug(&format_args!("kernel BUG at {file}:{line}"), frame);
    }
    if found.is_to_be_printed {
        let place = Address(check.instruction());
        warning::print(format_args!("at {file}:{line} {place}"));
        let walk = Walk::of(&frame.registers, frame.psw.address);
        continuation::lines(warning::LEVEL, format_args!("Call trace:"));
        for step in walk {
            let (Step::Return(address) | Step::Interrupted(address)) = step;
            continuation::lines(warning::LEVEL, format_args!(" {}", Address(address)));
        }
    }
    true
}

/// A text that ends with NUL, by its address; as much of it as can be read.
struct FileName(u64);

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// Bytes of a name that are shown.
        const MOST: usize = 256;
        for at in (self.0 as usize..).take(MOST) {
            match fault_safe::read_u8(at) {
                Ok(byte @ b' '..=b'~') => write!(f, "{}", char::from(byte))?,
                _ => break,
            }
        }
        Ok(())
    }
}
