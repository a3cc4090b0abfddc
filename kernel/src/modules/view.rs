//! What a loaded module is made of, for whoever shows it.
//!
//! Nothing of this is kept while a module is loaded: its file is in the initrd, so it is
//! linked once more, to the addresses that it has, into memory that is given back. What the
//! loader wrote then, and what is in memory now, can be compared.
//!
//! The list's lock is held for a copy of a few words; the module may go meanwhile, and what
//! is shown of it is then what it was.

use super::error::{Error, Reason};
use super::imports::{Check, Imports};
use super::loaded::Loaded;
use super::registry::{self, References, Wanted};
use super::state::Id;
use super::variable_name::VariableName;
use crate::memory::translation;
use crate::{initrd, symbols};
use core::fmt::{self, Write};
use fallible::filled;
use loader::linux::is_linux;
use loader::{Bindings, Layout, Linked, Object, Plan, Variable};

/// Where a module lies, and its file.
#[derive(Clone, Copy)]
struct Seen {
    name: &'static str,
    object: Object<'static>,
    base: u64,
    per_cpu: u64,
    function: Option<&'static str>,
}

/// A module, linked once more.
pub struct View {
    /// Its name.
    pub name: &'static str,
    /// Its lowest address; 0 for a module without text and data.
    pub base: u64,
    /// Handle of its static per-CPU variables; 0 if it has none.
    pub per_cpu: u64,
    /// What was planned from its file: regions, tables.
    pub plan: Plan<'static>,
    /// Its symbols and variables.
    pub linked: Linked<'static>,
    /// Its slots and relocations.
    pub bindings: Bindings<'static>,
}

/// A per-CPU variable, a module's or the kernel's.
#[derive(Clone, Copy, Debug)]
pub struct FoundVariable {
    /// Its module; `None` for the kernel's own.
    pub module: Option<&'static str>,
    /// Its name in the file.
    pub name: &'static str,
    /// Its handle.
    pub handle: u64,
    /// Its bytes on each CPU; of the kernel's, up to the next one.
    pub size: u64,
    /// Address of its GOT slot, if it has one.
    pub slot: Option<u64>,
}

/// What there is to make an example of.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// A module, loaded if one is that has a per-CPU variable.
    pub module: &'static str,
    /// A function that may be called.
    pub function: &'static str,
    /// A per-CPU variable.
    pub variable: VariableName<'static>,
    /// Its handle.
    pub handle: u64,
    /// The module's lowest address.
    pub address: u64,
}

impl Seen {
    fn of(entry: &registry::Entry) -> Option<Self> {
        let loaded = entry.loaded.as_ref()?;
        Some(Self {
            name: entry.name,
            object: *loaded.layout.object(),
            base: loaded.base(),
            per_cpu: loaded.per_cpu(),
            function: called(loaded),
        })
    }

    /// The modules, one after another.
    fn all() -> impl Iterator<Item = Self> {
        let mut last = Id::NONE;
        core::iter::from_fn(move || {
            loop {
                let (id, seen) = registry::read_next(last, |entry| (entry.id, Self::of(entry)))?;
                last = id;
                if seen.is_some() {
                    return seen;
                }
            }
        })
    }

    /// Whether a symbol of its file names a per-CPU variable that `is_it` wants.
    fn has_variable(&self, is_it: impl Fn(&str) -> bool) -> bool {
        let mut symbols = self.object.symbols().filter(|symbol| {
            let section = symbol.section_index();
            let section = section.map(|index| self.object.section(index));
            section.is_some_and(|section| section.is_per_cpu())
                && symbol.is_definition()
                && symbol.size != 0
        });
        symbols.any(|symbol| is_it(symbol.name))
    }

    fn linked_again(self) -> Result<View, Reason<'static>> {
        let plan = Plan::new(&self.object)?;
        let mut image = filled(plan.layout().size() as usize, 0)?;
        let mut template = filled(plan.layout().per_cpu().0 as usize, 0)?;
        let mut imports = Imports::of(&self.object, is_linux(&self.object), Check::Nothing)?;
        let mut problem = None;
        let mut resolve = |symbol: &'static str, hash| match imports.resolve(symbol, hash) {
            Ok(found) => found.map(|exported| exported.value),
            Err(reason) => {
                problem.get_or_insert(reason);
                None
            }
        };
        let linked = loader::link(
            &plan,
            self.base,
            self.per_cpu,
            &mut resolve,
            &mut image,
            &mut template,
        );
        if let Some(reason) = problem {
            return Err(reason);
        }
        let (linked, bindings) = linked?;
        Ok(View {
            name: self.name,
            base: self.base,
            per_cpu: self.per_cpu,
            plan,
            linked,
            bindings,
        })
    }
}

/// The first function that it exports.
fn called(loaded: &Loaded) -> Option<&'static str> {
    let mut exports = loaded.exports().iter();
    Some(exports.find(|symbol| symbol.is_function)?.name)
}

impl View {
    /// Where its parts lie.
    pub fn layout(&self) -> &Layout<'static> {
        self.plan.layout()
    }

    fn found(&self, variable: &Variable<'static>) -> FoundVariable {
        FoundVariable {
            module: Some(self.name),
            name: variable.name,
            handle: variable.handle,
            size: variable.size,
            slot: variable.slot,
        }
    }

    /// Its static per-CPU variables.
    pub fn variables(&self) -> impl Iterator<Item = FoundVariable> {
        self.linked
            .variables()
            .map(|variable| self.found(&variable))
    }
}

/// The loaded module of this name.
///
/// # Errors
/// [`Reason::NotLoaded`]; [`Reason::Heap`]; a provider that is going.
pub fn view(name: &str) -> Result<View, Error<'_>> {
    let seen = Seen::all().find(|seen| seen.name == name);
    let seen = seen.ok_or(Reason::NotLoaded.of(name))?;
    seen.linked_again().map_err(|reason| reason.of(name))
}

/// The address of a symbol by its name, as the file has it or as it is shown: an export's,
/// or any that a loaded module defines.
pub fn address_of(name: &str) -> Option<u64> {
    let exported = References::default()
        .resolve(name, loader::name_hash(name), Wanted::PlainFirst)
        .ok()
        .flatten();
    if let Some(exported) = exported {
        return Some(exported.value);
    }
    Seen::all().find_map(|seen| {
        let mut symbols = seen.object.symbols();
        let symbol =
            symbols.find(|symbol| symbol.is_definition() && symbols::is_name(symbol.name, name))?;
        seen.linked_again().ok()?.linked.address(symbol.name)
    })
}

/// How a name that was typed fits a variable's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fit {
    /// As it is shown, or with its module's name and `::` in front.
    Whole,
    /// Its last part.
    Last,
}

/// Compares a variable's name, and its module's, with what was typed.
fn fit(module: Option<&str>, name: &str, wanted: &str) -> Option<Fit> {
    let mut shown = heapless::String::<256>::new();
    // What is longer is cut, and fits nothing.
    let _ = write!(shown, "{}", VariableName(name));
    let in_module = || {
        let rest = wanted.strip_prefix(module?)?;
        (rest.strip_prefix("::")? == shown.as_str()).then_some(())
    };
    if shown == wanted || in_module().is_some() {
        return Some(Fit::Whole);
    }
    let last = shown.rsplit("::").next();
    (last == Some(wanted)).then_some(Fit::Last)
}

/// The per-CPU variable of this name: as `insmod` shows it, with its module's name in front,
/// or its last part; of several the first, the modules' before the kernel's.
///
/// # Errors
/// As of [`view`].
pub fn variable_named(wanted: &str) -> Result<Option<FoundVariable>, Reason<'static>> {
    for how in [Fit::Whole, Fit::Last] {
        for seen in Seen::all() {
            let is_it = |name: &str| fit(Some(seen.name), name, wanted) == Some(how);
            if seen.has_variable(is_it) {
                let view = seen.linked_again()?;
                let found = view.variables().find(|variable| is_it(variable.name));
                if found.is_some() {
                    return Ok(found);
                }
            }
        }
        let mut kernels = kernel_variables();
        let found =
            kernels.find(|variable| fit(Some("kernel"), variable.name, wanted) == Some(how));
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// The kernel's own static per-CPU variables, by address.
pub fn kernel_variables() -> impl Iterator<Item = FoundVariable> {
    let (start, end) = arch::boot::image().per_cpu;
    let template = start as u64..end as u64;
    let all = symbols::kernel_symbols().filter(move |(from, _)| template.contains(from));
    all.map(move |(handle, located)| FoundVariable {
        module: None,
        name: located.name,
        handle,
        size: located.size.min(end as u64 - handle),
        slot: None,
    })
}

/// The per-CPU variable that a handle lies in, and bytes from its start.
///
/// # Errors
/// As of [`view`].
pub fn variable_holding(handle: u64) -> Result<Option<(FoundVariable, u64)>, Reason<'static>> {
    let holds = |variable: &FoundVariable| handle.wrapping_sub(variable.handle) < variable.size;
    let found = kernel_variables().find(holds);
    let found = match found {
        Some(found) => Some(found),
        None => {
            let owner = registry::read(|entries| {
                let mut seen = entries.iter().filter_map(|entry| {
                    let loaded = entry.loaded.as_ref()?;
                    loaded.has_handle(handle).then(|| Seen::of(entry))
                });
                seen.next().flatten()
            });
            match owner {
                Some(seen) => seen.linked_again()?.variables().find(holds),
                None => None,
            }
        }
    };
    Ok(found.map(|found| (found, handle - found.handle)))
}

/// The module whose static per-CPU variables a handle is among.
pub fn owner_of(handle: u64) -> Option<&'static str> {
    registry::read(|entries| {
        entries.iter().find_map(|entry| {
            let loaded = entry.loaded.as_ref()?;
            loaded.has_handle(handle).then_some(entry.name)
        })
    })
}

/// What there is to make an example of: of the first loaded module that has a per-CPU
/// variable, else of the initrd and the kernel.
pub fn sample() -> Sample {
    let has_some = |seen: &Seen| seen.function.is_some() && seen.has_variable(|_| true);
    // The module that the project's texts show, if it is there.
    let is_shown = |seen: &Seen| seen.name == "counter" && has_some(seen);
    let seen = Seen::all().find(is_shown);
    let seen = seen.or_else(|| Seen::all().find(has_some));
    let of_module = seen.and_then(|seen| {
        let view = seen.linked_again().ok()?;
        let mut variables = view.variables();
        let variable = variables.find(|variable| variable.slot.is_some())?;
        Some(Sample {
            module: seen.name,
            function: seen.function?,
            variable: VariableName(variable.name),
            handle: variable.handle,
            address: seen.base,
        })
    });
    of_module.unwrap_or_else(|| {
        let variable = kernel_variables().next();
        Sample {
            module: { initrd::files() }
                .find_map(|file| initrd::module_name(file.path))
                .unwrap_or("counter"),
            function: "num_online_cpus",
            variable: VariableName(variable.map_or("", |variable| variable.name)),
            handle: variable.map_or(0, |variable| variable.handle),
            address: arch::boot::image().text.0 as u64,
        }
    })
}

/// What a handle or an address in a module names, as a GOT's slot has it.
#[derive(Clone, Copy, Debug)]
pub struct Named(pub u64);

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("nothing: a weak symbol that nobody defines");
        }
        if let Some(owner) = owner_of(self.0) {
            return write!(f, "handle of {owner}'s per-CPU data");
        }
        let (start, end) = arch::boot::image().per_cpu;
        if (start as u64..end as u64).contains(&self.0) {
            return f.write_str("handle of the kernel's per-CPU data");
        }
        match translation(self.0 as usize) {
            Some(mapping) if mapping.executable => f.write_str("code"),
            Some(mapping) if mapping.writable => f.write_str("data"),
            Some(_) => f.write_str("read-only data"),
            None => f.write_str("not mapped"),
        }
    }
}
