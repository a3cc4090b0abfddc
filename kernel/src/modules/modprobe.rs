//! Modules with all that they need: on demand, and at boot.

use super::dependencies::{Exporters, LoadOrder};
use super::error::{Error, Reason};
use super::imports::Check;
use super::load::{load_file, unload};
use super::lookup::state;
use super::module_file::{ModuleFile, files_at_boot};
use super::state::State;
use crate::initrd;
use alloc::vec::Vec;
use fallible::{TryPush, collected};
use spin::Once;

/// Loads a module and, first, what it needs. What is loaded already is fine. The words are
/// for the module named, not for those that it needs. What was loaded before an error
/// stays.
///
/// As [`super::load()`], with interrupts on and no lock held.
///
/// # Errors
/// Why the module, or one that it needs, isn't loaded.
pub fn load_with_dependencies<'a>(name: &'a str, parameters: &[&'a str]) -> Result<(), Error<'a>> {
    let module = ModuleFile::find_or_alias(name)?;
    let exporters = Exporters::find().map_err(|reason| reason.of(name))?;
    probe(&exporters, &module, parameters)
}

/// Unloads a module, which may be named by an alias, and then what it needed, as far as
/// nobody uses that.
///
/// # Errors
/// Why the module itself stays.
pub fn unload_with_dependencies(name: &str) -> Result<(), Error<'_>> {
    let module = ModuleFile::find_or_alias(name)?;
    unload(module.name)?;
    let exporters = Exporters::find().map_err(|reason| reason.of(name))?;
    let mut order = LoadOrder::new(&exporters);
    order.add(&module, |_| false)?;
    for needed in order.finish().iter().rev().skip(1) {
        match unload(needed.name).map_err(|error| error.reason) {
            Ok(()) | Err(Reason::NotLoaded | Reason::InUse(_) | Reason::NoExit) => {}
            Err(reason) => return Err(reason.of(needed.name)),
        }
    }
    Ok(())
}

fn probe<'a>(
    exporters: &Exporters,
    module: &ModuleFile,
    parameters: &[&'a str],
) -> Result<(), Error<'a>> {
    let mut order = LoadOrder::new(exporters);
    order.add(module, |name| state(name).is_some())?;
    let order = order.finish();
    let Some((module, needed)) = order.split_last() else {
        return Ok(());
    };
    for module in needed {
        unless_there(load_file(module, &[], Check::Versions))?;
    }
    unless_there(load_file(module, parameters, Check::Versions))
}

/// Another CPU may have loaded a module since the order was made.
fn unless_there(result: Result<(), Error<'_>>) -> Result<(), Error<'_>> {
    match result {
        Err(Error {
            reason: Reason::Exists(State::Live),
            ..
        }) => Ok(()),
        result => result,
    }
}

/// Names of the modules that are loaded at boot, each after those that it needs, whether
/// loaded or not.
///
/// # Errors
/// What is wrong with one of the files; [`Reason::Heap`].
pub fn shipped() -> Result<Vec<&'static str>, Error<'static>> {
    ordered(|path| path.starts_with("modules/"))
}

/// The same, and all that a person has put beside them.
///
/// # Errors
/// As of [`shipped`].
pub fn shipped_and_given() -> Result<Vec<&'static str>, Error<'static>> {
    ordered(|path| path.starts_with("modules/") || path.starts_with("extra/"))
}

/// Names of modules by their files' paths, each after those that it needs.
fn ordered(is_one: impl Fn(&str) -> bool) -> Result<Vec<&'static str>, Error<'static>> {
    let no_memory = |reason: Reason<'static>| reason.of("at boot");
    let exporters = Exporters::find().map_err(no_memory)?;
    let mut order = LoadOrder::new(&exporters);
    for file in initrd::files().filter(|file| is_one(file.path)) {
        order.add(&ModuleFile::open(file)?, |_| false)?;
    }
    let order = order.finish();
    let names = order.iter().map(|module| module.file.path);
    let names = names.filter_map(initrd::module_name);
    collected(order.len(), names).map_err(|error| no_memory(error.into()))
}

/// Modules that should have been loaded at boot, and weren't.
#[derive(Debug, Default)]
pub struct Lost {
    /// Whether `modules=` names those to be loaded.
    pub chosen: bool,
    /// Why each of them isn't loaded.
    pub errors: Vec<Error<'static>>,
    /// How many more there are, whose errors found no memory.
    pub more: usize,
}

impl Lost {
    fn add(&mut self, result: Result<(), Error<'static>>) {
        let Err(error) = result else {
            return;
        };
        log::error!("{error}");
        if self.errors.try_push(error).is_err() {
            self.more += 1;
        }
    }
}

static LOST: Once<Lost> = Once::new();

/// What [`load_at_boot`] couldn't load; `None` if it wasn't called.
pub fn lost_at_boot() -> Option<&'static Lost> {
    LOST.get()
}

/// Loads the modules of the initrd, or those that `modules=` names. One that can't be
/// loaded is logged and counted, and the others go on. Once.
pub fn load_at_boot(chosen: Option<&'static str>) {
    let mut lost = Lost {
        chosen: chosen.is_some(),
        ..Lost::default()
    };
    match Exporters::find() {
        Ok(exporters) => load_all(&exporters, chosen, |result| lost.add(result)),
        Err(reason) => lost.add(Err(reason.of("at boot"))),
    }
    LOST.call_once(|| lost);
}

fn load_all(
    exporters: &Exporters,
    chosen: Option<&'static str>,
    mut done: impl FnMut(Result<(), Error<'static>>),
) {
    let mut load = |module: Result<ModuleFile, Error<'static>>| {
        done(module.and_then(|module| probe(exporters, &module, &[])));
    };
    match chosen {
        None => files_at_boot().for_each(|file| load(ModuleFile::open(file))),
        Some(names) => {
            let names = names.split(',').filter(|name| !name.is_empty());
            // Names, not paths: nobody's folders are here.
            let find = |name: &'static str| match name.contains('/') {
                true => Err(Reason::NoFile.of(name)),
                false => ModuleFile::find(name),
            };
            names.for_each(|name| load(find(name)));
        }
    }
}
