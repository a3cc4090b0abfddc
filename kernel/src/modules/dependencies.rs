//! What a module needs, loaded before it: `modprobe`, and the modules at boot.
//!
//! A module needs the modules of the initrd that export its undefined symbols.
//! The search goes depth first; the path to the module at hand is kept, and
//! meeting one of its modules again is a cycle.

use super::error::{Error, Reason};
use super::load::{load, name_of};
use super::state;
use crate::initrd::{self, File};
use alloc::vec::Vec;
use loader::Object;

/// Loads a module and, first, what it needs. What is loaded already is fine.
///
/// The words are for the module named, not for those that it needs.
pub fn load_with_dependencies<'name>(
    name: &'name str,
    words: &[&'static str],
) -> Result<(), Error<'name>> {
    let file = initrd::module(name).ok_or(Reason::NoFile.of(name))?;
    bring(&file, words, &mut Vec::new())
}

fn bring(
    file: &File,
    words: &[&'static str],
    path: &mut Vec<&'static str>,
) -> Result<(), Error<'static>> {
    let of_file = initrd::module_name(file.path).unwrap_or(file.path);
    let object = Object::parse(file.data).map_err(|error| Reason::from(error).of(of_file))?;
    let name = name_of(file, &object);
    if state(name).is_some() {
        return Ok(());
    }
    if path.contains(&name) {
        let through = path.last().copied().unwrap_or(name);
        return Err(Reason::Cycle(through).of(name));
    }
    path.push(name);
    for symbol in object.symbols().filter(|symbol| symbol.is_undefined()) {
        if let Some(provider) = provider_of(symbol.name, file.path) {
            bring(&provider, &[], path)?;
        }
    }
    path.pop();
    load(file, words)
}

/// The file, other than `but`, of the module that exports a symbol.
fn provider_of(symbol: &str, but: &str) -> Option<File> {
    modules().find(|file| {
        let exports = |object: Object<'static>| object.exports().any(|name| name == symbol);
        file.path != but && Object::parse(file.data).is_ok_and(exports)
    })
}

fn modules() -> impl Iterator<Item = File> {
    initrd::files()
        .filter(|file| file.path.starts_with("modules/") || file.path.starts_with("extra/"))
}

/// Loads the modules of the initrd, or those that `modules=` names. One that
/// can't be loaded is reported, and the others go on.
pub fn load_at_boot(chosen: Option<&'static str>) {
    let report = |result: Result<(), Error<'_>>| {
        if let Err(error) = result {
            log::error!("{error}");
        }
    };
    match chosen {
        None => modules().for_each(|file| report(bring(&file, &[], &mut Vec::new()))),
        Some(names) => names
            .split(',')
            .filter(|name| !name.is_empty())
            .for_each(|name| report(load_with_dependencies(name, &[]))),
    }
}
