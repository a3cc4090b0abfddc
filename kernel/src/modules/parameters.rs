//! Parameters of modules: `NAME.parameter=value` words of the kernel command line,
//! and words given to a load. The latter come last, and win. What a module's own functions
//! set is set just before its constructors run.
//!
//! In a module's name `-` and `_` are the same, as in Linux.

use super::error::Reason;
use super::module_file::ModuleFile;
use crate::command_line::module_parameter;
use crate::initrd;
use alloc::collections::TryReserveError;
use alloc::vec::Vec;
use fallible::TryPush;
use loader::{Callback, Layout};
use spin::Once;
use words::is_same;

static BOOT_LINE: Once<&'static str> = Once::new();

/// Keeps the kernel command line for the loads to come. The error is the module of a
/// parameter for which the initrd has no file.
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
    words::words(line).filter_map(module_parameter)
}

/// Warns of parameters that are given twice: the last one holds, as in Linux, and a person
/// may have meant the other.
fn warn_of_duplicates(module: &ModuleFile, given: &[&str]) {
    let name_of = |word| str::split_once(word, '=').map_or(word, |(name, _)| name);
    for (at, word) in given.iter().enumerate() {
        let name = name_of(word);
        let mut earlier = given[..at].iter();
        if earlier.any(|other| is_same(name_of(other), name)) {
            let module = module.name;
            log::warn!("module {module}: parameter {name} is given twice, the last one holds");
        }
    }
}

/// Strings that parameters point to, for as long as the module lives.
#[derive(Debug, Default)]
pub struct Strings(Vec<Vec<u8>>);

impl Strings {
    /// Keeps a copy with a NUL behind it; returns its address.
    fn keep(&mut self, text: &str) -> Result<u64, TryReserveError> {
        self.0.try_reserve(1)?;
        let mut copy = Vec::new();
        copy.try_reserve_exact(text.len() + 1)?;
        for byte in text.bytes().chain([0]) {
            copy.try_push(byte)?;
        }
        let address = copy.as_ptr().expose_provenance() as u64;
        self.0.try_push(copy)?;
        Ok(address)
    }
}

/// Sets a module's parameters in its image, which is linked for `base`: first those of the
/// kernel command line, then `given`. Returns what the module's own functions are to set.
///
/// # Errors
/// A parameter that the module doesn't have, or a value that the parameter can't hold; then
/// the image means nothing.
pub fn set<'a>(
    module: &ModuleFile,
    layout: &Layout<'_>,
    base: u64,
    image: &mut [u8],
    given: &[&'a str],
) -> Result<(Strings, Vec<Callback<'a>>), Reason<'a>> {
    warn_of_duplicates(module, given);
    let at_boot = words(BOOT_LINE.get().copied().unwrap_or(""));
    let at_boot = at_boot.filter(|&(name, _)| is_same(name, module.name));
    let all = at_boot.map(|(_, word)| word).chain(given.iter().copied());
    let mut strings = Strings::default();
    let mut keep = |text: &str| strings.keep(text).ok();
    let callbacks = loader::set_parameters(layout, base, image, all, &mut keep)?;
    Ok((strings, callbacks))
}
