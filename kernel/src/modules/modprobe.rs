//! Modules with all that they need: on demand, and at boot.

use super::dependencies::{Exporters, LoadOrder, module_files};
use super::error::{Error, Reason};
use super::load::load_file;
use super::lookup::state;
use super::module_file::ModuleFile;
use super::state::State;
use crate::fallible::try_collect;
use crate::initrd;
use alloc::vec::Vec;

/// Loads a module and, first, what it needs. What is loaded already is fine. The words are
/// for the module named, not for those that it needs. What was loaded before an error
/// stays.
///
/// As [`super::load`], with interrupts on and no lock held.
///
/// # Errors
/// Why the module, or one that it needs, isn't loaded.
pub fn load_with_dependencies<'a>(name: &'a str, parameters: &[&'a str]) -> Result<(), Error<'a>> {
    let module = ModuleFile::find(name)?;
    let exporters = Exporters::find().map_err(|reason| reason.of(name))?;
    probe(&exporters, &module, parameters)
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
        unless_there(load_file(module, &[]))?;
    }
    unless_there(load_file(module, parameters))
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
    let no_memory = |reason: Reason<'static>| reason.of("at boot");
    let exporters = Exporters::find().map_err(no_memory)?;
    let mut order = LoadOrder::new(&exporters);
    for file in initrd::files().filter(|file| file.path.starts_with("modules/")) {
        order.add(&ModuleFile::open(file)?, |_| false)?;
    }
    let order = order.finish();
    let names = order.iter().map(|module| module.file.path);
    let names = names.filter_map(initrd::module_name);
    try_collect(names).map_err(|error| no_memory(error.into()))
}

/// Loads the modules of the initrd, or those that `modules=` names. One that can't be
/// loaded is logged, and the others go on.
pub fn load_at_boot(chosen: Option<&'static str>) {
    let exporters = match Exporters::find() {
        Ok(exporters) => exporters,
        Err(reason) => return log::error!("{}", reason.of("at boot")),
    };
    let log = |result: Result<(), Error<'_>>| {
        if let Err(error) = result {
            log::error!("{error}");
        }
    };
    match chosen {
        None => module_files().for_each(|file| {
            log(ModuleFile::open(file).and_then(|module| probe(&exporters, &module, &[])));
        }),
        Some(names) => {
            for name in names.split(',').filter(|name| !name.is_empty()) {
                log(ModuleFile::find(name).and_then(|module| probe(&exporters, &module, &[])));
            }
        }
    }
}
