//! Loading: from a file of the initrd to a module that runs.
//!
//! ```text
//!  parse, stamp      nothing is allocated yet
//!  claim the name    a second load of it is turned away
//!  plan              sizes
//!  allocate          vmalloc area, per-CPU area
//!  link              references on providers, bytes into the area
//!  set               parameters, in the image
//!  copy              the per-CPU template, to every possible CPU
//!  seal              text r-x, rodata r--, data rw- (M2)
//!  publish           exports are known
//!  constructors      module code runs
//!  init
//!  settle            read-only after init is so; init sections are given back
//!  live
//! ```
//!
//! Each step owns what it has made; a failure drops it, and all is as before.

use super::error::{Error, Reason};
use super::loaded::{Loaded, Statics};
use super::parameters::{self, Strings};
use super::registry::{Claim, Providers};
use super::report;
use crate::continuation;
use crate::initrd::{self, File};
use crate::memory::vmalloc::{Area, Part};
use alloc::vec::Vec;
use arch::dat::Protection;
use loader::{Layout, Object, Plan, Region, RegionKind, Startup};

/// What a module says of itself.
fn said(object: &Object<'static>, wanted: &str) -> Option<&'static str> {
    let found = object.information().find(|&(key, _)| key == wanted);
    found.map(|(_, value)| value)
}

/// The name a file's module has: its own word for it, else the file's.
pub fn name_of(file: &File, object: &Object<'static>) -> &'static str {
    let said = said(object, "name").filter(|name| !name.is_empty());
    said.or(initrd::module_name(file.path)).unwrap_or(file.path)
}

/// What a load is for.
#[derive(Clone, Copy)]
pub enum Purpose<'a> {
    /// The module is to run, with these `name=value` words for its parameters.
    Run(&'a [&'static str]),
    /// Its image is to be looked at; none of its code runs. What nobody exports is at
    /// this address, but for weak symbols.
    Link {
        /// The address; without it such a symbol is an error, as in a real load.
        unresolved: Option<u64>,
    },
}

/// Where a module's image lay that didn't run, and its hash.
#[derive(Clone, Copy, Debug)]
pub struct Image {
    /// The module's own name.
    pub name: &'static str,
    /// Address and bytes.
    pub memory: (u64, u64),
    /// Handle and bytes of its per-CPU template.
    pub per_cpu: (u64, u64),
    /// Hash of both.
    pub hash: u64,
}

/// Loads a module; returns its image if that is all that was asked for.
pub fn load(file: &File, purpose: Purpose<'_>) -> Result<Option<Image>, Error<'static>> {
    let of_file = initrd::module_name(file.path).unwrap_or(file.path);
    let object = Object::parse(file.data).map_err(|error| Reason::from(error).of(of_file))?;
    let name = name_of(file, &object);
    bring_up(name, &object, purpose).map_err(|reason| reason.of(name))
}

fn bring_up(
    name: &'static str,
    object: &Object<'static>,
    purpose: Purpose<'_>,
) -> Result<Option<Image>, Reason> {
    if let Purpose::Run(_) = purpose {
        check_stamp(object)?;
    }
    let claim = Claim::new(name)?;
    let mut loaded = link(name, object, purpose)?;
    if let Some(hash) = loaded.hash {
        return Ok(Some(Image {
            name,
            memory: (loaded.base(), loaded.layout.size()),
            per_cpu: (loaded.per_cpu, loaded.layout.per_cpu().0),
            hash,
        }));
    }
    let init = loaded.startup.init;
    let constructors = core::mem::take(&mut loaded.startup.constructors);
    let settled = Settled::of(&mut loaded);
    report::loaded(name, &loaded);
    claim.publish(loaded)?;
    constructors.into_iter().for_each(call_void);
    match init.map_or(0, call) {
        0 => {}
        errno @ ..0 => return Err(Reason::Init(-errno)),
        value => log::warn!("module {name}: its init returned {value}; 0 says success"),
    }
    settled.settle();
    claim.live();
    Ok(None)
}

/// What changes when init has returned.
struct Settled {
    /// Pages that are read-only from then on.
    sealed: Option<Part>,
    /// Pages that are given back.
    freed: Option<Part>,
}

impl Settled {
    fn of(loaded: &mut Loaded) -> Self {
        let mut part = |(offset, size): (u64, u64)| {
            let area = loaded.area.as_mut().filter(|_| size != 0)?;
            Some(area.part(offset as usize, size as usize))
        };
        let mut regions = loaded.layout.regions().iter();
        let sealed = regions.find(|region| region.kind == RegionKind::ReadOnlyAfterInit);
        Self {
            sealed: sealed.and_then(|&Region { offset, size, .. }| part((offset, size))),
            freed: part(loaded.layout.init()),
        }
    }

    fn settle(self) {
        // SAFETY: M1, L2: the area lives: nobody else removes a module that is loading.
        // L4: init has returned, and nothing else of the module uses its init sections;
        // what does all the same meets a fault, not another's memory.
        unsafe {
            if let Some(sealed) = self.sealed {
                sealed.protect(Protection::ReadOnly);
            }
            if let Some(freed) = self.freed {
                freed.release();
            }
        }
    }
}

/// A module must come from this compiler and this workspace; one without a stamp
/// (C, assembly) has only the C calling convention to agree on.
fn check_stamp(object: &Object<'static>) -> Result<(), Reason> {
    match said(object, "vermagic") {
        Some(found) if found != module_api::ABI_STAMP => Err(Reason::Stamp(found)),
        _ => Ok(()),
    }
}

/// Everything but module code: the module lies in memory, sealed.
fn link(name: &str, object: &Object<'static>, purpose: Purpose<'_>) -> Result<Loaded, Reason> {
    let plan = Plan::new(object)?;
    let layout = plan.layout();
    let mut area = match layout.size() {
        0 => None,
        size => Some(Area::new(size as usize)?),
    };
    let statics = Statics::new(layout.per_cpu())?;
    let base = area.as_ref().map_or(0, Area::start);
    let handle = statics.as_ref().map_or(0, |statics| statics.0.0);
    let mut template = zeroed(layout.per_cpu().0 as usize)?;
    let mut providers = Providers::default();
    let mut problem = None;
    let (linked, hash, strings, startup) = {
        let image = area.as_mut().map_or(&mut [][..], Area::bytes_mut);
        let mut resolve = |symbol: &'static str| {
            let found = providers.resolve(symbol).unwrap_or_else(|reason| {
                problem.get_or_insert(reason);
                None
            });
            let Purpose::Link { unresolved } = purpose else {
                return found;
            };
            let anywhere = unresolved.filter(|_| found.is_none() && !is_weak(object, symbol));
            found.or(anywhere)
        };
        let linked = loader::link(
            &plan,
            base as u64,
            handle as u64,
            &mut resolve,
            image,
            &mut template,
        );
        // A symbol whose provider can't be used is why the linker found none.
        if let Some(reason) = problem {
            return Err(reason);
        }
        let linked = linked?;
        let base = base as u64;
        let (hash, strings) = match purpose {
            Purpose::Run(words) => {
                let strings = parameters::set(name, layout, base, image, words)?;
                (None, strings)
            }
            // Linux's parameters have records of another kind.
            Purpose::Link { .. } => {
                let hash = loader::image_hash(image, &template);
                (Some(hash), Strings::default())
            }
        };
        let startup = Startup::of(layout, base, image)?;
        (linked, hash, strings, startup)
    };
    if let Some(statics) = &statics {
        statics.fill(&template);
    }
    if let Some(area) = &mut area {
        seal(area, layout);
    }
    Ok(Loaded {
        area,
        statics,
        strings,
        linked,
        layout: plan.into_layout(),
        startup,
        hash,
        per_cpu: handle as u64,
        init_is_freed: false,
        license: said(object, "license").unwrap_or(""),
        providers,
    })
}

/// Whether a symbol that the module lacks may stay undefined.
fn is_weak(object: &Object<'static>, name: &str) -> bool {
    let undefined = object.symbols().filter(|symbol| symbol.is_undefined());
    { undefined }.any(|symbol| symbol.is_weak() && symbol.name == name)
}

fn zeroed(bytes: usize) -> Result<Vec<u8>, Reason> {
    let mut buffer = Vec::new();
    buffer.try_reserve_exact(bytes).map_err(|_| Reason::Heap)?;
    buffer.resize(bytes, 0);
    Ok(buffer)
}

/// Gives each region the protection that its kind asks for.
fn seal(area: &mut Area, layout: &Layout<'_>) {
    for region in layout.regions() {
        let protection = match region.kind {
            kind if kind.is_text() => Protection::ReadExecute,
            kind if kind.is_writable() => continue,
            _ => Protection::ReadOnly,
        };
        area.protect(region.offset as usize, region.size as usize, protection);
    }
}

/// Calls a constructor or destructor.
pub fn call_void(address: u64) {
    let function = core::ptr::with_exposed_provenance::<()>(address as usize);
    // SAFETY: L3: the loader has checked that the address lies in sealed text.
    let function = unsafe { core::mem::transmute::<*const (), extern "C" fn()>(function) };
    function();
    continuation::flush();
}

/// Calls an init or exit function.
pub fn call(address: u64) -> i32 {
    let function = core::ptr::with_exposed_provenance::<()>(address as usize);
    // SAFETY: L3: the address is that of the module's function, in sealed text.
    let function = unsafe { core::mem::transmute::<*const (), extern "C" fn() -> i32>(function) };
    let result = function();
    continuation::flush();
    result
}
