//! Which modules have all that they need: from providers, and from modules that have it.

use super::object::ModuleFacts;
use super::package::Package;
use super::providers::{Provider, Providers};
use std::collections::{BTreeMap, BTreeSet};

/// Functions that allocate per-CPU memory.
const ALLOCATORS: [&str; 2] = ["__alloc_percpu", "__alloc_percpu_gfp"];

/// What a module lacks, by who needs it: the module, or one that it needs.
pub type Lacking = BTreeSet<(&'static str, String)>;

/// What an init asks its kernel for by name, where nothing in its file says so: the module, and
/// the one that Linux would load then.
const ASKED_FOR: [(&str, &str); 2] = [("nls_euc_jp", "nls_cp932"), ("nls_koi8_ru", "nls_koi8_u")];

/// What each module needs of whom.
#[derive(Debug)]
pub struct Closure {
    modules: BTreeMap<&'static str, Needs>,
    /// Providers, each after those that it needs.
    providers: Vec<String>,
}

/// What one module needs.
#[derive(Debug, Default)]
struct Needs {
    /// How many symbols it imports.
    imports: usize,
    /// Of providers: who, and what.
    found: Vec<(String, String)>,
    /// Modules of the package.
    modules: BTreeSet<&'static str>,
    /// Modules that it doesn't need, but must not be loaded before, if they are loaded.
    later_than: BTreeSet<&'static str>,
    /// Of nobody.
    lacking: BTreeSet<String>,
    /// Whether it has per-CPU memory: variables of its own or of others, or what it allocates.
    has_per_cpu: bool,
}

impl Closure {
    /// Looks through all modules of a package.
    pub fn new(package: &Package, providers: &Providers) -> Self {
        let offers = providers.offers();
        let mut exporters = BTreeMap::new();
        for (name, module) in &package.modules {
            for symbol in module.facts.exports.keys() {
                exporters.insert(symbol.as_str(), *name);
            }
        }
        let packaged = package.modules.values().map(|module| &module.facts);
        let ours = providers.providers.iter().map(|provider| &provider.facts);
        let variables: BTreeSet<&String> = packaged
            .chain(ours)
            .flat_map(|facts| &facts.per_cpu)
            .collect();
        let aliases = aliases(package);
        let needs = |name: &str, facts: &ModuleFacts| {
            let is_per_cpu = |symbol: &String| {
                variables.contains(symbol) || ALLOCATORS.contains(&symbol.as_str())
            };
            let mut needs = Needs {
                imports: facts.imports.len(),
                has_per_cpu: !facts.per_cpu.is_empty() || facts.imports.keys().any(is_per_cpu),
                later_than: later_than(name, facts, &aliases),
                ..Needs::default()
            };
            for (symbol, crc) in &facts.imports {
                match (offers.get(symbol.as_str()), exporters.get(symbol.as_str())) {
                    (Some((offered, provider)), _) if Some(*offered) == *crc => {
                        let of = ((*provider).to_owned(), symbol.clone());
                        needs.found.push(of);
                    }
                    (_, Some(module)) => {
                        needs.modules.insert(*module);
                    }
                    _ => {
                        needs.lacking.insert(symbol.clone());
                    }
                }
            }
            needs
        };
        let modules = package.modules.iter();
        Self {
            modules: modules
                .map(|(name, module)| (*name, needs(name, &module.facts)))
                .collect(),
            providers: ordered(&providers.providers),
        }
    }

    /// The providers, each after those that it needs.
    pub fn providers(&self) -> &[String] {
        &self.providers
    }

    /// A module and all that it needs of the package.
    pub fn with_needed(&self, name: &'static str) -> BTreeSet<&'static str> {
        let mut seen = BTreeSet::new();
        let mut next = vec![name];
        while let Some(name) = next.pop() {
            if seen.insert(name)
                && let Some(needs) = self.modules.get(name)
            {
                next.extend(needs.modules.iter().copied());
            }
        }
        seen
    }

    /// What a module lacks, or what it needs does.
    pub fn lacks(&self, name: &'static str) -> Lacking {
        let mut lacking = Lacking::new();
        for module in self.with_needed(name) {
            if let Some(needs) = self.modules.get(module) {
                let its = needs.lacking.iter();
                lacking.extend(its.map(|symbol| (module, symbol.clone())));
            }
        }
        lacking
    }

    /// Those of the modules that lack nothing, each after all that it needs.
    pub fn loadable(&self, names: impl Iterator<Item = &'static str>) -> Vec<&'static str> {
        let whole = names.filter(|name| self.lacks(name).is_empty());
        let mut left: BTreeSet<_> = whole.flat_map(|name| self.with_needed(name)).collect();
        let mut order = Vec::new();
        while !left.is_empty() {
            let ready = |name: &&&'static str| {
                self.modules.get(**name).is_none_or(|needs| {
                    needs.modules.is_disjoint(&left) && needs.later_than.is_disjoint(&left)
                })
            };
            let next: Vec<_> = left.iter().filter(ready).copied().collect();
            if next.is_empty() {
                // A circle: the kernel will name it.
                order.extend(std::mem::take(&mut left));
            }
            left.retain(|name| !next.contains(name));
            order.extend(next);
        }
        order
    }

    /// Whether a module asks for others by name, when it is loaded.
    pub fn asks_by_name(&self, name: &str) -> bool {
        let needs = self.modules.get(name);
        needs.is_some_and(|needs| !needs.later_than.is_empty())
    }

    /// How many symbols a module imports, and of how many somebody has them.
    pub fn symbols(&self, name: &str) -> (usize, usize) {
        let needs = self.modules.get(name);
        needs.map_or((0, 0), |needs| {
            (needs.imports - needs.lacking.len(), needs.imports)
        })
    }

    /// Whether a module has per-CPU memory: variables, its own or others', or what it allocates.
    pub fn has_per_cpu(&self, name: &str) -> bool {
        self.modules
            .get(name)
            .is_some_and(|needs| needs.has_per_cpu)
    }

    /// What a module has of providers: their names, with how many symbols.
    pub fn providers_of(&self, name: &'static str) -> BTreeMap<&str, usize> {
        let mut counts = BTreeMap::new();
        for module in self.with_needed(name) {
            let needs = self.modules.get(module);
            for (provider, _) in needs.iter().flat_map(|needs| &needs.found) {
                *counts.entry(provider.as_str()).or_default() += 1;
            }
        }
        counts
    }
}

/// Modules by what else they are called: an alias, and the names with `-` for `_`.
fn aliases(package: &Package) -> BTreeMap<String, Vec<&'static str>> {
    let mut aliases: BTreeMap<String, Vec<&'static str>> = BTreeMap::new();
    for (name, module) in &package.modules {
        let own = std::iter::once(*name);
        for alias in own.chain(module.facts.values("alias")) {
            let modules = aliases.entry(alias.replace('-', "_")).or_default();
            modules.push(name);
        }
    }
    aliases
}

/// What a module is to be loaded after: it says so (`softdep=pre: NAME...`), or asks by name.
fn later_than(
    name: &str,
    facts: &ModuleFacts,
    aliases: &BTreeMap<String, Vec<&'static str>>,
) -> BTreeSet<&'static str> {
    let named = facts.values("softdep").flat_map(|value| {
        let words = value.split_ascii_whitespace();
        words
            .skip_while(|word| *word != "pre:")
            .skip(1)
            .take_while(|word| *word != "post:")
    });
    let asked = ASKED_FOR.iter().filter(|(asks, _)| *asks == name);
    let all = named.chain(asked.map(|(_, other)| *other));
    let modules = all.filter_map(|word| aliases.get(&word.replace('-', "_")));
    let modules = modules.flatten().copied();
    modules.filter(|other| *other != name).collect()
}

/// Providers in an order in which they can be loaded.
fn ordered(providers: &[Provider]) -> Vec<String> {
    let mut order: Vec<String> = Vec::new();
    let mut left: Vec<&Provider> = providers.iter().collect();
    while !left.is_empty() {
        // What a provider has of the kernel to offer, others have of the kernel, too.
        let names = left.iter().flat_map(|it| {
            it.facts
                .names
                .iter()
                .filter(|name| !it.facts.imports.contains_key(*name))
        });
        let names: BTreeSet<&String> = names.collect();
        let needs_others = |provider: &Provider| {
            let mut imports = provider.facts.imports.keys();
            imports.any(|name| names.contains(name) && !provider.facts.names.contains(name))
        };
        let (later, next): (Vec<&Provider>, Vec<&Provider>) =
            left.iter().partition(|it| needs_others(it));
        // Of a circle none comes first: the kernel will name it.
        let next = if next.is_empty() { later.clone() } else { next };
        order.extend(next.iter().map(|provider| provider.name.clone()));
        left.retain(|provider| !order.contains(&provider.name));
    }
    order
}
