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
//!  init              module code runs
//!  live
//! ```
//!
//! Each step owns what it has made; a failure drops it, and all is as before.

use super::error::{Error, Reason};
use super::parameters::{self, Strings};
use super::registry::{Claim, Providers};
use super::report;
use crate::initrd::{self, File};
use crate::memory::{self, vmalloc::Area};
use crate::percpu::{self, Handle};
use crate::{smp, symbols};
use alloc::vec::Vec;
use arch::dat::Protection;
use loader::{Linked, Object, Plan, RegionKind, Symbol};

/// What a loaded module owns. Fields are dropped from top to bottom.
pub struct Loaded {
    /// Text and data; `None` for a module that has neither.
    area: Option<Area>,
    #[expect(dead_code, reason = "held, to be freed with the module")]
    statics: Option<Statics>,
    #[expect(dead_code, reason = "held: parameters point into it")]
    strings: Strings,
    /// Symbols, slots.
    pub linked: Linked<'static>,
    /// Sizes and regions.
    pub plan: Plan,
    /// What it says its license is; empty if it doesn't.
    pub license: &'static str,
    /// Modules that it uses.
    pub providers: Providers,
}

impl Loaded {
    /// Lowest address; 0 for a module without text and data.
    pub fn base(&self) -> u64 {
        self.area.as_ref().map_or(0, |area| area.start() as u64)
    }

    /// Bytes of text and data.
    pub fn size(&self) -> u64 {
        self.area.as_ref().map_or(0, |area| area.bytes() as u64)
    }

    /// What it exports.
    pub fn exports(&self) -> impl Iterator<Item = Symbol<'static>> + '_ {
        self.linked.exports()
    }

    /// Address of its exit function.
    pub fn exit(&self) -> Option<u64> {
        self.linked.address("cleanup_module")
    }

    /// Whether it did something in its init that no exit takes back.
    pub fn must_stay(&self) -> bool {
        self.exit().is_none() && self.linked.address("init_module").is_some()
    }

    /// The function that an address lies in.
    pub fn symbol_at(&self, address: u64) -> Option<symbols::Located<'static>> {
        let inside = |symbol: &Symbol<'_>| {
            symbol.value <= address && address < symbol.value + symbol.size.max(1)
        };
        let symbol = self.linked.functions().find(inside)?;
        Some(symbols::Located {
            name: symbol.name,
            offset: address - symbol.value,
        })
    }
}

/// The copies of a module's static per-CPU variables; freed when dropped.
struct Statics(Handle);

impl Statics {
    fn new((bytes, align): (u64, u64)) -> Result<Option<Self>, Reason> {
        if bytes == 0 {
            return Ok(None);
        }
        let handle = percpu::alloc_reserved(bytes as usize, align as usize)?;
        Ok(Some(Self(handle)))
    }

    /// Copies the template to every possible CPU.
    fn fill(&self, template: &[u8]) {
        for cpu in 0..smp::possible() {
            let address = self.0.0.wrapping_add(percpu::offset(cpu));
            let copy = core::ptr::with_exposed_provenance_mut::<u8>(address);
            // SAFETY: P1: the copies of an area that is this module's alone, and
            // as long as the template.
            unsafe { copy.copy_from_nonoverlapping(template.as_ptr(), template.len()) };
        }
    }
}

impl Drop for Statics {
    fn drop(&mut self) {
        if let Err(error) = percpu::free(self.0) {
            unreachable!("a module's per-CPU area is freed once: {error}");
        }
    }
}

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

/// Loads a module with `name=value` words for its parameters, and runs its init.
pub fn load(file: &File, words: &[&'static str]) -> Result<(), Error<'static>> {
    let of_file = initrd::module_name(file.path).unwrap_or(file.path);
    let object = Object::parse(file.data).map_err(|error| Reason::from(error).of(of_file))?;
    let name = name_of(file, &object);
    bring_up(name, &object, words).map_err(|reason| reason.of(name))
}

fn bring_up(
    name: &'static str,
    object: &Object<'static>,
    words: &[&'static str],
) -> Result<(), Reason> {
    check_stamp(object)?;
    let claim = Claim::new(name)?;
    let loaded = link(name, object, words)?;
    let init = loaded.linked.address("init_module");
    report::loaded(name, &loaded);
    claim.publish(loaded)?;
    match init.map_or(0, call) {
        0 => {}
        errno @ ..0 => return Err(Reason::Init(-errno)),
        value => log::warn!("module {name}: its init returned {value}; 0 says success"),
    }
    claim.live();
    Ok(())
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
fn link(name: &str, object: &Object<'static>, words: &[&'static str]) -> Result<Loaded, Reason> {
    let plan = Plan::new(object)?;
    let area = match plan.size() {
        0 => None,
        size => Some(Area::new(size as usize)?),
    };
    let statics = Statics::new(plan.per_cpu())?;
    let base = area.as_ref().map_or(0, Area::start);
    let handle = statics.as_ref().map_or(0, |statics| statics.0.0);
    let mut template = zeroed(plan.per_cpu().0 as usize)?;
    let mut providers = Providers::default();
    let mut problem = None;
    let (linked, strings) = {
        let image = core::ptr::with_exposed_provenance_mut::<u8>(base);
        let image: &mut [u8] = match &area {
            // SAFETY: M1: the area is this module's, mapped and writable.
            Some(area) => unsafe { core::slice::from_raw_parts_mut(image, area.bytes()) },
            None => &mut [],
        };
        let mut resolve = |symbol: &'static str| {
            let found = providers.resolve(symbol);
            found.unwrap_or_else(|reason| {
                problem.get_or_insert(reason);
                None
            })
        };
        let linked = loader::link(
            object,
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
        let strings = parameters::set(name, object, &plan, base as u64, image, words)?;
        (linked, strings)
    };
    if let Some(statics) = &statics {
        statics.fill(&template);
    }
    seal(base, &plan);
    Ok(Loaded {
        area,
        statics,
        strings,
        linked,
        plan,
        license: said(object, "license").unwrap_or(""),
        providers,
    })
}

fn zeroed(bytes: usize) -> Result<Vec<u8>, Reason> {
    let mut buffer = Vec::new();
    buffer.try_reserve_exact(bytes).map_err(|_| Reason::Heap)?;
    buffer.resize(bytes, 0);
    Ok(buffer)
}

/// Gives each region the protection that its kind asks for.
fn seal(base: usize, plan: &Plan) {
    for region in plan.regions() {
        let protection = match region.kind {
            RegionKind::Text => Protection::EXECUTE,
            RegionKind::ReadOnly => Protection::empty(),
            RegionKind::Data => continue,
        };
        memory::protect(
            base + region.offset as usize,
            region.size as usize,
            protection,
        );
    }
}

/// Calls an init or exit function.
pub fn call(address: u64) -> i32 {
    let function = core::ptr::with_exposed_provenance::<()>(address as usize);
    // SAFETY: L3: the address is that of the module's function, in sealed text.
    let function = unsafe { core::mem::transmute::<*const (), extern "C" fn() -> i32>(function) };
    function()
}
