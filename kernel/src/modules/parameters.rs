//! Parameters of modules: `NAME.parameter=value` words of the kernel command line,
//! and words given to a load. The latter come last, and win.
//!
//! In a module's name `-` and `_` are the same, as in Linux.

use super::error::Reason;
use crate::command_line::module_parameter;
use crate::initrd;
use alloc::vec::Vec;
use loader::{Layout, ParameterError};
use spin::Once;

static BOOT_LINE: Once<&'static str> = Once::new();

/// Names the kernel command line. The error is the module of a parameter for which
/// the initrd has no file.
pub fn init(line: &'static str) -> Result<(), &'static str> {
    BOOT_LINE.call_once(|| line);
    let unknown = |module: &&'static str| {
        let mut names = initrd::files().filter_map(|file| initrd::module_name(file.path));
        !names.any(|name| is_same(name, module))
    };
    let mut modules = words(line).map(|(module, _)| module);
    match modules.find(unknown) {
        Some(module) => Err(module),
        None => Ok(()),
    }
}

/// `NAME.parameter` words of a command line, with or without a value: both parts.
fn words(line: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    line.split_ascii_whitespace().filter_map(module_parameter)
}

fn is_same(name: &str, other: &str) -> bool {
    let same = |byte: u8| if byte == b'-' { b'_' } else { byte };
    name.bytes().map(same).eq(other.bytes().map(same))
}

/// Strings that parameters hold, for as long as the module lives.
#[derive(Debug, Default)]
pub struct Strings(Vec<Vec<u8>>);

impl Strings {
    fn keep(&mut self, text: &str) -> Option<u64> {
        self.0.try_reserve(1).ok()?;
        let mut copy = Vec::new();
        copy.try_reserve_exact(text.len() + 1).ok()?;
        copy.extend_from_slice(text.as_bytes());
        copy.push(0);
        let address = copy.as_ptr().expose_provenance() as u64;
        self.0.push(copy);
        Some(address)
    }
}

/// Sets a module's parameters in its linked image.
pub fn set(
    name: &str,
    layout: &Layout<'_>,
    base: u64,
    image: &mut [u8],
    given: &[&'static str],
) -> Result<Strings, Reason> {
    let at_boot = words(BOOT_LINE.get().copied().unwrap_or(""));
    let at_boot = at_boot.filter(|&(module, _)| is_same(module, name));
    let all = at_boot.map(|(_, word)| word).chain(given.iter().copied());
    let mut strings = Strings::default();
    let result = loader::set_parameters(layout, base, image, all, &mut |text| strings.keep(text));
    match result {
        Ok(()) => Ok(strings),
        Err(ParameterError::OutOfMemory) => Err(Reason::Heap),
        Err(error) => Err(error.into()),
    }
}
