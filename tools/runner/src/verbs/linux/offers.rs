//! What providers offer, and what of it was called: by tests with known answers, or only while
//! modules came and went.

use super::providers::{Provider, Providers};
use super::session::{Caller, Session};
use std::collections::BTreeMap;
use std::fmt;

/// What a provider's `.modinfo` says of each function that refuses (`provider.h`).
const REFUSES: &str = "refuses";

/// The name by which tests call what is offered begins with this.
const OFFERED: &str = "offered_";

/// How many functions and variables a provider offers.
#[derive(Clone, Copy, Debug, Default)]
pub struct Offers {
    functions: usize,
    refuse: usize,
    variables: usize,
    by_tests: usize,
    by_modules: usize,
    /// But for those that refuse.
    by_nobody: usize,
}

impl Offers {
    fn of(provider: &Provider, session: &Session) -> Self {
        let mut offers = Self {
            variables: variables(provider).count(),
            refuse: provider.facts.said(REFUSES).count(),
            ..Self::default()
        };
        for name in functions(provider) {
            offers.functions += 1;
            match caller(provider, name, session) {
                Some(Caller::Tests) => offers.by_tests += 1,
                Some(Caller::Modules) => offers.by_modules += 1,
                None if refuses(provider, name) => {}
                None => offers.by_nobody += 1,
            }
        }
        offers
    }

    fn add(&mut self, other: Self) {
        self.functions += other.functions;
        self.refuse += other.refuse;
        self.variables += other.variables;
        self.by_tests += other.by_tests;
        self.by_modules += other.by_modules;
        self.by_nobody += other.by_nobody;
    }
}

impl fmt::Display for Offers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (functions, refuse, variables) = (self.functions, self.refuse, self.variables);
        let (tests, modules, nobody) = (self.by_tests, self.by_modules, self.by_nobody);
        write!(
            f,
            "{functions:>9} {refuse:>6} {variables:>9} {tests:>8} {modules:>10} {nobody:>9}"
        )
    }
}

/// The functions that a provider offers.
fn functions(provider: &Provider) -> impl Iterator<Item = &str> {
    let names = provider.facts.names.iter();
    names.filter_map(|name| name.strip_prefix(OFFERED))
}

/// The variables.
fn variables(provider: &Provider) -> impl Iterator<Item = &String> {
    let names = provider.facts.exports.keys();
    names.filter(|name| !provider.facts.names.contains(&format!("{OFFERED}{name}")))
}

/// Whether a function that is offered refuses.
fn refuses(provider: &Provider, name: &str) -> bool {
    provider.facts.said(REFUSES).any(|it| it == name)
}

fn caller(provider: &Provider, name: &str, session: &Session) -> Option<Caller> {
    let called = (provider.name.clone(), name.to_owned());
    session.calls.get(&called).copied()
}

/// The lines, the first of which names the columns and the last has the sums; below them the tests
/// that ask providers, and the functions that nobody called, by provider, but for those that refuse.
pub fn of(providers: &Providers, session: &Session) -> Vec<String> {
    let mut lines = vec![format!(
        "{:<18} {:>9} {:>6} {:>9} {:>8} {:>10} {:>9}",
        "provider", "functions", "refuse", "variables", "by tests", "by modules", "by nobody"
    )];
    let mut all = Offers::default();
    let mut uncalled: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for provider in &providers.providers {
        let offers = Offers::of(provider, session);
        if offers.functions + offers.variables == 0 {
            continue;
        }
        lines.push(format!("{:<18} {offers}", provider.name));
        all.add(offers);
        let names = functions(provider).filter(|name| caller(provider, name, session).is_none());
        let names: Vec<&str> = names.filter(|name| !refuses(provider, name)).collect();
        if !names.is_empty() {
            uncalled.insert(&provider.name, names);
        }
    }
    lines.push(format!("{:<18} {all}", "all"));
    for asked in providers.asking_offers() {
        lines.push(format!(
            "{:<18} checked against {}",
            asked.test, asked.source
        ));
    }
    for (provider, names) in uncalled {
        lines.push(format!("nobody called, of {provider}: {}", names.join(" ")));
    }
    lines
}
