//! What a module needs, loaded before it: `modprobe`, and the modules at boot.
//!
//! A module needs the modules of the initrd that export its undefined symbols.
//! One pass over all files finds who exports what. The search then goes depth
//! first; the path to the module at hand is kept, and meeting one of its modules
//! again is a cycle.

use super::error::{Error, Reason};
use super::load::{Purpose, load, name_of};
use super::{registry, state};
use crate::initrd::{self, File};
use alloc::vec::Vec;
use hashbrown::HashMap;
use loader::Object;

/// Which file of the initrd exports a symbol: of two, the first.
pub struct Exporters(HashMap<&'static str, File>);

impl Exporters {
    /// Looks through all module files.
    pub fn new() -> Result<Self, Reason> {
        let mut found = HashMap::new();
        for file in modules() {
            let Ok(object) = Object::parse(file.data) else {
                continue;
            };
            for symbol in object.exports() {
                found.try_reserve(1).map_err(|_| Reason::Heap)?;
                found.entry(symbol).or_insert(file);
            }
        }
        Ok(Self(found))
    }

    /// The files of the modules that export what an object lacks and the kernel
    /// doesn't have.
    fn files(&self, object: &Object<'static>, but: &File) -> impl Iterator<Item = File> {
        let undefined = object
            .symbols()
            .filter(|symbol| symbol.is_undefined() && !registry::is_kernels(symbol.name));
        let files = undefined.filter_map(|symbol| self.0.get(symbol.name));
        files.copied().filter(|file| file.path != but.path)
    }

    /// Names of the modules that an object needs, each once.
    pub fn needed_by(&self, object: &Object<'static>, but: &File) -> Vec<&'static str> {
        let mut names: Vec<&str> = Vec::new();
        for file in self.files(object, but) {
            let name = initrd::module_name(file.path).unwrap_or(file.path);
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    fn bring(
        &self,
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
        let mut brought = None;
        for provider in self.files(&object, file) {
            // Most often the last one provides the next symbol, too.
            if brought != Some(provider.path) {
                self.bring(&provider, &[], path)?;
                brought = Some(provider.path);
            }
        }
        path.pop();
        load(file, Purpose::Run(words)).map(drop)
    }
}

/// Loads a module and, first, what it needs. What is loaded already is fine.
///
/// The words are for the module named, not for those that it needs.
pub fn load_with_dependencies<'name>(
    name: &'name str,
    words: &[&'static str],
) -> Result<(), Error<'name>> {
    let file = initrd::module(name).ok_or(Reason::NoFile.of(name))?;
    let exporters = Exporters::new().map_err(|reason| reason.of(name))?;
    exporters.bring(&file, words, &mut Vec::new())
}

fn modules() -> impl Iterator<Item = File> {
    initrd::files()
        .filter(|file| file.path.starts_with("modules/") || file.path.starts_with("extra/"))
}

/// Names of the modules that are loaded at boot, each after those that it needs.
pub fn shipped() -> Vec<&'static str> {
    fn add(
        name: &'static str,
        depth: usize,
        exporters: Option<&Exporters>,
        names: &mut Vec<&'static str>,
    ) {
        // A path as long as this goes in a circle.
        const LONGEST: usize = 64;
        if names.contains(&name) || depth == LONGEST {
            return;
        }
        let file = initrd::module(name);
        let needed = file.and_then(|file| {
            let object = Object::parse(file.data).ok()?;
            Some(exporters?.needed_by(&object, &file))
        });
        for name in needed.into_iter().flatten() {
            add(name, depth + 1, exporters, names);
        }
        names.push(name);
    }
    let exporters = Exporters::new().ok();
    let mut names = Vec::new();
    let at_boot = initrd::files().filter(|file| file.path.starts_with("modules/"));
    for name in at_boot.filter_map(|file| initrd::module_name(file.path)) {
        add(name, 0, exporters.as_ref(), &mut names);
    }
    names
}

/// Loads the modules of the initrd, or those that `modules=` names. One that
/// can't be loaded is reported, and the others go on.
pub fn load_at_boot(chosen: Option<&'static str>) {
    let exporters = match Exporters::new() {
        Ok(exporters) => exporters,
        Err(reason) => return log::error!("{}", reason.of("at boot")),
    };
    let bring = |file: &File| {
        if let Err(error) = exporters.bring(file, &[], &mut Vec::new()) {
            log::error!("{error}");
        }
    };
    match chosen {
        None => modules().for_each(|file| bring(&file)),
        Some(names) => {
            for name in names.split(',').filter(|name| !name.is_empty()) {
                match initrd::module(name) {
                    Some(file) => bring(&file),
                    None => log::error!("{}", Reason::NoFile.of(name)),
                }
            }
        }
    }
}
