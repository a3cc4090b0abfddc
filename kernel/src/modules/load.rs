//! Loading: from a file of the initrd to a module that runs; and unloading.
//!
//! ```text
//!  open the file, stamp    nothing is allocated yet
//!  add                     a second load of the name is turned away
//!  link                    an image in memory           linking.rs
//!  parameters              set in the image
//!  seal
//!  complete formation      exports are known
//!  the module's own        set what it wants to hear of itself
//!  parameters
//!  constructors            module code runs
//!  init
//!  free init memory        read-only after init is so; init sections are given back
//!  live
//! ```
//!
//! Each step owns what it has made; a failure drops it, and all is as before.

use super::call;
use super::error::{Error, Reason};
use super::imports::{Check, Imports};
use super::lifecycle::{GoingModule, UnformedModule};
use super::linking::WritableImage;
use super::loaded::Loaded;
use super::module_file::ModuleFile;
use super::parameters;
use super::registry;
use super::report;
use super::state::Frames;
use super::unresolved::Unresolved;
use crate::control::{self, Place};
use crate::memory::vmalloc::Part;
use crate::percpu;
use crate::sync::{Lock, rank};
use alloc::vec::Vec;
use arch::dat::Protection;
use loader::{Callback, LoadError, ParameterError, RegionKind};

/// Loads the module file of this name from the initrd and runs its init.
///
/// Maps memory, runs module code and waits for other CPUs: with interrupts on, no lock
/// held.
///
/// # Errors
/// Why it isn't loaded; then all is as before.
pub fn load(name: &str) -> Result<(), Error<'_>> {
    load_with(name, &[])
}

/// As [`load`], with `name=value` words for the module's parameters, which win over those of
/// the kernel command line. A bool may stand alone.
pub fn load_with<'a>(name: &'a str, parameters: &[&'a str]) -> Result<(), Error<'a>> {
    load_file(&ModuleFile::find(name)?, parameters, Check::Versions)
}

/// As [`load_with`], whatever the CRCs of what an object compiled for Linux imports; `lsmod` says
/// so of it.
pub fn load_forced<'a>(name: &'a str, parameters: &[&'a str]) -> Result<(), Error<'a>> {
    load_file(&ModuleFile::find(name)?, parameters, Check::Nothing)
}

/// As [`load_with`], from an open file.
pub fn load_file<'a>(
    module: &ModuleFile,
    parameters: &[&'a str],
    check: Check,
) -> Result<(), Error<'a>> {
    let result = form(module, parameters, check).and_then(|formed| formed.do_init(module.name));
    let result = result.map_err(|reason| with_all_symbols(module, check, reason).of(module.name));
    if let Err(error) = &result {
        if control::details::wants_details() {
            report::emit_refusal(module.name, &error.reason);
        }
        control::module_refused(module.name, error);
    }
    result
}

/// Where one symbol is unknown, all that are.
#[cold]
fn with_all_symbols<'a>(module: &ModuleFile, check: Check, reason: Reason<'a>) -> Reason<'a> {
    if matches!(reason, Reason::Object(LoadError::Unresolved(_)))
        && let Ok(mut imports) = Imports::of(&module.object, module.is_linux, check)
    {
        let mut is_known = |name: &'static str| {
            let found = imports.resolve(name, loader::name_hash(name));
            !matches!(found, Ok(None))
        };
        let undefined = module
            .object
            .symbols()
            .filter(|symbol| symbol.is_undefined());
        let needed = undefined.filter(|symbol| !symbol.is_weak() && !symbol.name.is_empty());
        let names = needed.map(|symbol| symbol.name);
        let unknown = names.filter(|name| !is_known(name));
        let is_withheld = |name: &str| module.is_linux && registry::is_plain(name);
        let symbols = Unresolved::of(unknown, is_withheld);
        if symbols.count() > 1 || symbols.some_withheld() {
            return Reason::Unresolved(symbols);
        }
    }
    reason
}

/// A module that is complete but for its init. The addresses are checked ones of its text
/// (L3).
struct Formed<'a> {
    unformed: UnformedModule,
    callbacks: Vec<Callback<'a>>,
    constructors: Vec<u64>,
    init: Option<u64>,
    frames: Frames,
    init_memory: InitMemory,
    place: Place,
}

/// Makes a module of a file. Not inlined: what it needs of the stack must be free again when
/// init runs, which may load other modules.
#[inline(never)]
fn form<'a>(
    module: &ModuleFile,
    words: &[&'a str],
    check: Check,
) -> Result<Formed<'a>, Reason<'a>> {
    check_vermagic(module)?;
    let unformed = UnformedModule::add(module.name)?;
    let mut image = WritableImage::link(module, check, None)?;
    let base = image.base();
    let (layout, bytes) = image.parts();
    let (strings, callbacks) = parameters::set(module, layout, base, bytes, words)?;
    let (mut loaded, uses) = image.seal(module, strings)?;
    let constructors = core::mem::take(&mut loaded.startup.constructors);
    let init = loaded.startup.init;
    let init_memory = InitMemory::of(&mut loaded);
    let place = loaded.place();
    report::log(module.name, &loaded);
    if control::wants_names() {
        report::emit_names(module.name, &loaded);
    }
    if control::details::wants_details() {
        report::emit_details(module.name, &loaded);
    }
    unformed.complete_formation(loaded, uses)?;
    Ok(Formed {
        unformed,
        callbacks,
        constructors,
        init,
        frames: module.frames,
        init_memory,
        place,
    })
}

impl<'a> Formed<'a> {
    /// Runs the module's constructors and its init, after which it is live.
    fn do_init(self, name: &str) -> Result<(), Reason<'a>> {
        for callback in &self.callbacks {
            let set = call::setter(callback)?;
            // SAFETY: L3, L6: the function is in sealed text, of this module, which is loading, or
            // of one that it has a reference on; and the text is kept.
            let result = unsafe { call::call_set(set, callback.text, callback.parameter) };
            if result != 0 {
                let (name, value) = (callback.name, callback.value.unwrap_or(""));
                let refused = ParameterError::Refused {
                    name,
                    value,
                    result,
                };
                return Err(refused.into());
            }
        }
        for constructor in self.constructors {
            // SAFETY: L3: the loader has checked it, and the module is loading.
            unsafe { call::call_void(constructor, self.frames) };
        }
        let result = self.init.map_or(0, |init| {
            // SAFETY: L3: the loader has checked it, and the module is loading. L11: if it was
            // compiled for Linux, what it is bound to is what it takes it for.
            unsafe { call::call_int(init, self.frames) }
        });
        match result {
            0 => {}
            errno @ ..0 => return Err(Reason::Init(errno.wrapping_neg())),
            value => log::warn!("module {name}: its init returned {value}; 0 says success"),
        }
        self.init_memory.free();
        self.unformed.make_live();
        control::module_live(name, self.place);
        Ok(())
    }
}

/// Runs a module's exit and frees what it owns.
///
/// Unmaps memory, runs module code and waits for other CPUs: with interrupts on, no lock
/// held.
///
/// # Errors
/// Why it isn't unloaded; then it is as before, but for one that a thread keeps: its exit has
/// run.
pub fn unload(name: &str) -> Result<(), Error<'_>> {
    let mut going = GoingModule::stop(name).map_err(|reason| reason.of(name))?;
    let destructors = core::mem::take(&mut going.destructors);
    for function in going.exit.into_iter().chain(destructors) {
        // SAFETY: L3: the loader has checked it, and the module is going.
        unsafe { call::call_void(function, going.frames) };
    }
    going.remove().map_err(|reason| reason.of(name))?;
    control::module_gone(name);
    percpu::balance();
    log::info!("module {name}: unloaded");
    Ok(())
}

/// A module must come from this compiler and this workspace; one without a stamp
/// (C, assembly) has only the C calling convention to agree on. One compiled for Linux must be
/// of a release and settings whose facts are known here.
fn check_vermagic(module: &ModuleFile) -> Result<(), Reason<'static>> {
    let vermagic = module.modinfo("vermagic");
    if module.is_linux {
        return match vermagic {
            Some(found) if loader::linux::is_taken(found) => Ok(()),
            found => Err(Reason::LinuxStamp(found.unwrap_or(""))),
        };
    }
    match vermagic {
        Some(found) if found != module_api::ABI_STAMP => return Err(Reason::Stamp(found)),
        None if is_new_without(module.name) => {
            let name = module.name;
            log::warn!("module {name}: has no vermagic; what it was built for isn't known");
        }
        _ => {}
    }
    Ok(())
}

/// Whether no warning has been printed yet that a module has no vermagic: once a file, for as
/// many as there is room for.
fn is_new_without(name: &'static str) -> bool {
    static WARNED: Lock<heapless::Vec<usize, 256>, { rank::MODULES }> =
        Lock::new(heapless::Vec::new());
    let place = name.as_ptr().addr();
    let mut warned = WARNED.lock();
    let is_new = !warned.contains(&place);
    // Without room it is printed each time.
    if is_new && warned.push(place).is_err() {
        return true;
    }
    is_new
}

/// Pages of a module that change when its init has returned: address and bytes.
struct InitMemory {
    /// Those that are read-only from then on.
    ro_after_init: Option<Part>,
    /// Those that are given back (L4).
    init: Option<Part>,
}

impl InitMemory {
    fn of(loaded: &mut Loaded) -> Self {
        let mut part = |offset: u64, bytes: u64| {
            let area = loaded.area.as_mut().filter(|_| bytes != 0)?;
            Some(area.part(offset as usize, bytes as usize))
        };
        let mut regions = loaded.layout.regions().iter();
        let sealed = regions.find(|region| region.kind == RegionKind::ReadOnlyAfterInit);
        let (offset, bytes) = loaded.layout.init();
        Self {
            ro_after_init: sealed.and_then(|region| part(region.offset, region.size)),
            init: part(offset, bytes),
        }
    }

    fn free(self) {
        // SAFETY: M1, L2: the area lives: nobody else removes a module that is loading.
        // L4: init has returned, and nothing else of the module uses its init sections;
        // what does all the same meets a fault, not another's memory.
        unsafe {
            if let Some(part) = self.ro_after_init {
                part.protect(Protection::ReadOnly);
            }
            if let Some(part) = self.init {
                part.release();
            }
        }
    }
}
