//! From an object to an image in memory: everything of a load but parameters and code that
//! runs.
//!
//! ```text
//!  plan        sizes
//!  allocate    vmalloc area, per-CPU area
//!  link        references on the modules that it uses, bytes into the area
//!  seal        the per-CPU template to every possible CPU,
//!              text r-x, rodata r--, data rw- (M2)
//! ```
//!
//! Each step owns what it has made; a failure drops it, and all is as before.

use super::error::Reason;
use super::imports::{Check, Imports};
use super::linux::LinuxParts;
use super::loaded::Loaded;
use super::module_file::ModuleFile;
use super::parameters::Strings;
use super::registry::References;
use super::static_percpu::StaticPerCpu;
use super::taint::Taint;
use crate::memory::vmalloc::Area;
use alloc::vec::Vec;
use arch::dat::Protection;
use fallible::filled;
use loader::{Layout, Linked, Object, Plan, Startup};

/// A linked image that can still be written. Fields are dropped from top to bottom.
pub struct WritableImage {
    area: Option<Area>,
    statics: Option<StaticPerCpu>,
    /// What each CPU's copy of its static per-CPU variables begins with.
    template: Vec<u8>,
    linked: Linked<'static>,
    layout: Layout<'static>,
    uses: References,
    check: Check,
}

impl WritableImage {
    /// Links a module into fresh memory. A symbol that nobody exports is an error unless it
    /// is weak; with an address in `unresolved` it is taken to be there.
    ///
    /// # Errors
    /// What is wrong with the object, or that there is no memory; then all is as before.
    pub fn link(
        module: &ModuleFile,
        check: Check,
        unresolved: Option<u64>,
    ) -> Result<Self, Reason<'static>> {
        let object = &module.object;
        let plan = Plan::new(object)?;
        let layout = plan.layout();
        let mut area = match layout.size() {
            0 => None,
            size => Some(Area::new(size as usize)?),
        };
        let base = area.as_ref().map_or(0, Area::start);
        let statics = StaticPerCpu::new(layout.per_cpu())?;
        if let Some(area) = &area {
            area.set_name(module.name);
        }
        if let Some(statics) = &statics {
            statics.set_name(module.name);
        }
        let mut template = filled(layout.per_cpu().0 as usize, 0)?;
        let mut imports = Imports::of(object, module.is_linux, check)?;
        let mut problem = imports.check_layout().err();
        let mut resolve = |symbol: &'static str, hash| {
            let found = imports.resolve(symbol, hash).unwrap_or_else(|reason| {
                problem.get_or_insert(reason);
                None
            });
            let anywhere = unresolved.filter(|_| found.is_none() && !is_weak(object, symbol));
            found.map(|exported| exported.value).or(anywhere)
        };
        let linked = loader::link(
            &plan,
            base as u64,
            statics.as_ref().map_or(0, StaticPerCpu::handle),
            &mut resolve,
            bytes_of(&mut area),
            &mut template,
        );
        // A symbol whose module can't be used is why the linker found none.
        if let Some(reason) = problem {
            return Err(reason);
        }
        Ok(Self {
            linked: linked?.0,
            area,
            statics,
            template,
            layout: plan.into_layout(),
            uses: imports.into_references(),
            check,
        })
    }

    /// Its address; 0 if it has neither text nor data.
    pub fn base(&self) -> u64 {
        self.area.as_ref().map_or(0, Area::start) as u64
    }

    /// Where everything lies, and its bytes.
    pub fn parts(&mut self) -> (&Layout<'static>, &mut [u8]) {
        (&self.layout, bytes_of(&mut self.area))
    }

    /// A hash of its bytes and of its per-CPU template.
    pub fn hash(&mut self) -> u64 {
        loader::image_hash(bytes_of(&mut self.area), &self.template)
    }

    /// Fills the copies of its per-CPU variables, and gives each region the protection
    /// that its kind asks for. Returns what the module owns, and its references.
    ///
    /// # Errors
    /// An init or exit, a constructor or destructor that can't be called; tables of one compiled
    /// for Linux that can't be such.
    pub fn seal(
        mut self,
        module: &ModuleFile,
        strings: Strings,
    ) -> Result<(Loaded, References), Reason<'static>> {
        let base = self.base();
        let startup = Startup::of(&self.layout, base, bytes_of(&mut self.area))?;
        let linux = match module.is_linux {
            true => {
                let image = bytes_of(&mut self.area);
                Some(LinuxParts::of(&self.layout, base, image)?)
            }
            false => None,
        };
        if let Some(statics) = &self.statics {
            statics.fill(&self.template);
        }
        if let Some(area) = &mut self.area {
            protect(area, &self.layout);
        }
        let loaded = Loaded {
            area: self.area,
            statics: self.statics,
            strings,
            linked: self.linked,
            layout: self.layout,
            license: module.modinfo("license").unwrap_or(""),
            startup,
            frames: module.frames,
            taint: Taint {
                is_linux: module.is_linux,
                is_forced: module.is_linux && self.check == Check::Nothing,
                stores_to_page_0: linux.as_ref().is_some_and(LinuxParts::stores_to_page_0),
            },
            linux,
            init_is_freed: false,
        };
        Ok((loaded, self.uses))
    }
}

/// The bytes of an area that only the image under construction has.
fn bytes_of(area: &mut Option<Area>) -> &mut [u8] {
    area.as_mut().map_or(&mut [], Area::bytes_mut)
}

/// Whether a symbol that the module lacks may stay undefined.
fn is_weak(object: &Object<'static>, name: &str) -> bool {
    let undefined = object.symbols().filter(|symbol| symbol.is_undefined());
    { undefined }.any(|symbol| symbol.is_weak() && symbol.name == name)
}

fn protect(area: &mut Area, layout: &Layout<'_>) {
    for region in layout.regions() {
        let protection = match region.kind {
            kind if kind.is_text() => Protection::ReadExecute,
            kind if kind.is_writable() => continue,
            _ => Protection::ReadOnly,
        };
        area.protect(region.offset as usize, region.size as usize, protection);
    }
}
