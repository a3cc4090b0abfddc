//! A module, linked in the way of the kernel (`kernel/src/modules/load.rs`): parse,
//! plan, link into zeroed memory.

use crate::symbols::Symbols;
use loader::{
    Bindings, ExportedSymbol, Layout, Linked, LoadError, Object, Plan, Position, Section, Slot,
    Startup, StartupError,
};
use std::collections::HashSet;
use std::fmt;
use std::path::Path;

/// Where everything is.
pub struct Addresses<'a> {
    /// Address of the module.
    pub base: u64,
    /// Handle of its per-CPU data.
    pub per_cpu: u64,
    /// What the kernel exports.
    pub symbols: &'a Symbols,
    /// Address of what nobody exports.
    pub unresolved: Option<u64>,
}

/// A valid module.
pub struct Module<'data> {
    /// The file it is from.
    pub file: &'data Path,
    /// Bytes in that file.
    pub bytes: usize,
    /// Its name by its `.modinfo`, or else the file's.
    pub name: String,
    /// What is in the file.
    pub object: Object<'data>,
    /// Its relocations, and where its parts go.
    pub plan: Plan<'data>,
}

/// A module in memory.
pub struct Image<'data> {
    /// Address of the module.
    pub base: u64,
    /// Handle of its per-CPU data.
    pub per_cpu: u64,
    /// What lies at the base.
    pub image: Vec<u8>,
    /// The template of the per-CPU data.
    pub template: Vec<u8>,
    /// Slots of its GOT.
    pub slots: Vec<Slot<'data>>,
    /// Symbols.
    pub linked: Linked<'data>,
    /// What its relocations are bound to.
    pub bindings: Bindings<'data>,
    /// What the kernel would call, or why it would refuse to.
    pub startup: Result<Startup, StartupError<'data>>,
}

/// Why a module doesn't link.
#[derive(Debug)]
pub enum LinkError {
    /// It can't be loaded either.
    Loader(LoadError),
    /// The handle isn't aligned as the per-CPU data asks for.
    Handle {
        /// The handle that `--percpu` gives.
        handle: u64,
        /// The alignment that the per-CPU data needs, in bytes.
        align: u64,
    },
    /// There isn't the memory.
    Memory {
        /// Bytes of the module's image or of its per-CPU template.
        bytes: u64,
    },
}

impl fmt::Display for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LinkError::Loader(error @ LoadError::Unresolved(_)) => {
                write!(f, "{error} (see --symbols and --unresolved)")
            }
            LinkError::Loader(error) => error.fmt(f),
            LinkError::Handle { handle, align } => write!(
                f,
                "its per-CPU data is aligned to {align} bytes, and {handle:#x} isn't"
            ),
            LinkError::Memory { bytes } => write!(f, "no memory for {bytes} bytes"),
        }
    }
}

impl std::error::Error for LinkError {}

impl From<LoadError> for LinkError {
    fn from(error: LoadError) -> Self {
        LinkError::Loader(error)
    }
}

impl<'data> Image<'data> {
    /// What it exports, sorted by name.
    pub fn exports(&self) -> Vec<ExportedSymbol<'data>> {
        let mut exports = self.linked.exports().to_vec();
        exports.sort_unstable_by_key(|export| export.name);
        exports
    }

    /// The hash that the kernel's `insmod --link-only` prints for the same addresses.
    pub fn hash(&self) -> u64 {
        loader::image_hash(&self.image, &self.template)
    }
}

impl<'data> Module<'data> {
    /// Checks a file and plans its layout.
    pub fn plan(file: &'data Path, data: &'data [u8]) -> Result<Self, LoadError> {
        let object = Object::parse(data)?;
        let name = object.information().find(|&(key, _)| key == "name");
        let name = name.map(|(_, name)| name).filter(|name| !name.is_empty());
        let file_name = || file.file_stem().unwrap_or_default().to_string_lossy();
        Ok(Self {
            file,
            bytes: data.len(),
            name: name.map_or_else(|| file_name().into_owned(), str::to_owned),
            object,
            plan: Plan::new(&object)?,
        })
    }

    /// Links the module for these addresses, as the kernel would, into memory of its own.
    ///
    /// # Errors
    /// If the loader can't link it, the handle isn't aligned as the per-CPU data asks for,
    /// or there is no memory.
    pub fn link(&self, addresses: &Addresses<'_>) -> Result<Image<'data>, LinkError> {
        let (template, align) = self.layout().per_cpu();
        if template != 0 && !addresses.per_cpu.is_multiple_of(align) {
            return Err(LinkError::Handle {
                handle: addresses.per_cpu,
                align,
            });
        }
        let mut image = zeroed(self.layout().size())?;
        let mut template = zeroed(template)?;
        let symbols = self.object.symbols();
        let weak = symbols.filter(|symbol| symbol.is_undefined() && symbol.is_weak());
        let weak: HashSet<&str> = weak.map(|symbol| symbol.name).collect();
        let mut resolve = |name: &str, _| {
            let anywhere = || addresses.unresolved.filter(|_| !weak.contains(name));
            addresses.symbols.get(name).or_else(anywhere)
        };
        let (linked, bindings) = loader::link(
            &self.plan,
            addresses.base,
            addresses.per_cpu,
            &mut resolve,
            &mut image,
            &mut template,
        )?;
        let startup = Startup::of(self.layout(), addresses.base, &image);
        Ok(Image {
            startup,
            base: addresses.base,
            per_cpu: addresses.per_cpu,
            image,
            template,
            slots: bindings.slots(&self.plan)?,
            linked,
            bindings,
        })
    }

    /// Where its parts go.
    pub fn layout(&self) -> &Layout<'data> {
        self.plan.layout()
    }

    /// The sections that take memory, with where they lie.
    pub fn sections(&self) -> impl Iterator<Item = (Section<'data>, Position)> {
        let sections = self.object.sections();
        let placed = sections.map(|section| (section, self.layout().position(section.index)));
        placed.filter(|&(_, position)| position != Position::Nowhere)
    }
}

/// More than any module has; the kernel would find no room for it either.
const MOST: u64 = 1 << 30;

fn zeroed(bytes: u64) -> Result<Vec<u8>, LinkError> {
    let mut buffer = Vec::new();
    if bytes > MOST || buffer.try_reserve_exact(bytes as usize).is_err() {
        return Err(LinkError::Memory { bytes });
    }
    buffer.resize(bytes as usize, 0);
    Ok(buffer)
}
