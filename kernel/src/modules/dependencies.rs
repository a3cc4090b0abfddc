//! What a module needs: the modules of the initrd that export its undefined symbols, and
//! the order in which all are to be loaded.
//!
//! One pass over all files finds who exports what. The order is a topological one, found
//! by a depth-first search: a module comes after all that it needs. The path from the root
//! to the module at hand is a list on the heap, so a chain may be as long as there are
//! modules; meeting a module of the path again is a cycle.
//!
//! ```text
//!  visitor ──► counter        path     visitor, counter      order
//!     │                       counter needs nothing more ──► counter
//!     └──────► mixed          path     visitor, mixed
//! ```
//! Cormen, Leiserson, Rivest, Stein: Introduction to Algorithms, "Depth-first search".

use super::error::{Error, Reason};
use super::module_file::{ModuleFile, files_of_providers};
use super::registry;
use crate::initrd::{self, File};
use alloc::vec::Vec;
use fallible::TryPush;
use hashbrown::HashMap;
use loader::linux::MODULE_LAYOUT;
use loader::{LoadError, Object};

/// Which file of the initrd exports a symbol: of two, the first; and which one with a CRC.
pub struct Exporters {
    all: HashMap<&'static str, File>,
    versioned: HashMap<&'static str, File>,
}

impl Exporters {
    /// Looks through all files of `extra/`, `lib/` and `modules/`; one that is no valid object
    /// exports nothing.
    ///
    /// # Errors
    /// [`Reason::Heap`].
    pub fn find() -> Result<Self, Reason<'static>> {
        let (mut all, mut versioned) = (HashMap::new(), HashMap::new());
        for file in files_of_providers() {
            let object = match Object::parse(file.data) {
                Ok(object) => object,
                Err(LoadError::OutOfMemory) => return Err(Reason::Heap),
                Err(_) => continue,
            };
            for symbol in object.exports() {
                enter(&mut all, symbol, file)?;
            }
            for (symbol, _) in object.export_crcs() {
                enter(&mut versioned, symbol, file)?;
            }
        }
        Ok(Self { all, versioned })
    }

    /// The file that a symbol of a module is needed from: none for one that is defined,
    /// that the kernel has, or that nobody exports. Behind a module's symbols comes, of one that
    /// was compiled for Linux, what it needs without naming it.
    fn file_of(&self, module: &ModuleFile, symbol: usize) -> Option<File> {
        let of_linux = |name| self.versioned.get(name).copied();
        if symbol >= module.object.symbol_count() {
            return of_linux(MODULE_LAYOUT).filter(|_| module.is_linux);
        }
        let symbol = module.object.symbol(symbol);
        match symbol.is_undefined() {
            false => None,
            true if module.is_linux => of_linux(symbol.name),
            true if registry::is_kernels(symbol.name) => None,
            true => self.all.get(symbol.name).copied(),
        }
    }

    /// Names of the files that a module needs, each once.
    ///
    /// # Errors
    /// [`Reason::Heap`].
    pub fn needed_by(&self, module: &ModuleFile) -> Result<Vec<&'static str>, Reason<'static>> {
        let mut names = Vec::new();
        for symbol in 1..=module.object.symbol_count() {
            let Some(file) = self.file_of(module, symbol) else {
                continue;
            };
            let name = initrd::module_name(file.path).unwrap_or(file.path);
            if file.path != module.file.path && !names.contains(&name) {
                names.try_push(name)?;
            }
        }
        Ok(names)
    }
}

/// Enters who exports a symbol, unless another does.
fn enter(
    files: &mut HashMap<&'static str, File>,
    symbol: &'static str,
    file: File,
) -> Result<(), Reason<'static>> {
    files.try_reserve(1)?;
    #[expect(clippy::disallowed_methods, reason = "there is room")]
    files.entry(symbol).or_insert(file);
    Ok(())
}

/// What the search knows of a file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// It is on the path to the module at hand.
    OnPath,
    /// It is in the order, or left out with all that it needs.
    Done,
}

/// A module on the path.
struct Visit {
    module: ModuleFile,
    /// Its next symbol to be looked at.
    symbol: usize,
}

/// A search for the order of loading; each root adds to it.
pub struct LoadOrder<'a> {
    exporters: &'a Exporters,
    /// By path of the file.
    marks: HashMap<&'static str, Mark>,
    path: Vec<Visit>,
    order: Vec<ModuleFile>,
}

impl<'a> LoadOrder<'a> {
    /// An empty order.
    pub fn new(exporters: &'a Exporters) -> Self {
        Self {
            exporters,
            marks: HashMap::new(),
            path: Vec::new(),
            order: Vec::new(),
        }
    }

    /// Adds a module behind all that it needs. Modules for which `is_there` holds, by their
    /// names, are left out, and so is what only they need.
    ///
    /// # Errors
    /// [`Reason::Cycle`]; what is wrong with a file that is needed; [`Reason::Heap`]. Then the
    /// order is of no more use.
    pub fn add(
        &mut self,
        root: &ModuleFile,
        is_there: fn(&str) -> bool,
    ) -> Result<(), Error<'static>> {
        self.visit(*root, is_there)?;
        while let Some(visit) = self.path.last_mut() {
            let (module, symbol) = (visit.module, visit.symbol);
            if symbol > module.object.symbol_count() {
                self.leave()?;
                continue;
            }
            visit.symbol += 1;
            let Some(file) = self.exporters.file_of(&module, symbol) else {
                continue;
            };
            if file.path == module.file.path {
                continue;
            }
            match self.marks.get(file.path) {
                Some(Mark::Done) => {}
                Some(Mark::OnPath) => {
                    let again = ModuleFile::open(file)?;
                    return Err(Reason::Cycle(module.name).of(again.name));
                }
                None => self.visit(ModuleFile::open(file)?, is_there)?,
            }
        }
        Ok(())
    }

    /// The order.
    pub fn finish(self) -> Vec<ModuleFile> {
        self.order
    }

    /// Puts a module on the path, unless it is done or left out.
    fn visit(
        &mut self,
        module: ModuleFile,
        is_there: fn(&str) -> bool,
    ) -> Result<(), Error<'static>> {
        if self.marks.contains_key(module.file.path) {
            return Ok(());
        }
        if is_there(module.name) {
            return self.mark(&module, Mark::Done);
        }
        self.mark(&module, Mark::OnPath)?;
        // Symbol 0 is the null one.
        let pushed = self.path.try_push(Visit { module, symbol: 1 });
        pushed.map_err(|error| Reason::from(error).of(module.name))
    }

    /// Moves the last module of the path to the order.
    fn leave(&mut self) -> Result<(), Error<'static>> {
        let Some(Visit { module, .. }) = self.path.pop() else {
            return Ok(());
        };
        self.mark(&module, Mark::Done)?;
        let pushed = self.order.try_push(module);
        pushed.map_err(|error| Reason::from(error).of(module.name))
    }

    fn mark(&mut self, module: &ModuleFile, mark: Mark) -> Result<(), Error<'static>> {
        let reserved = self.marks.try_reserve(1);
        reserved.map_err(|error| Reason::from(error).of(module.name))?;
        #[expect(clippy::disallowed_methods, reason = "there is room")]
        self.marks.insert(module.file.path, mark);
        Ok(())
    }
}
