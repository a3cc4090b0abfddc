//! What providers offer, and what of it was called: by tests with known answers, or only while
//! modules came and went. What ends a run is called in runs of its own.

use super::providers::{Provider, Providers};
use super::session::{Caller, Session};
use std::collections::BTreeMap;
use std::fmt;

/// What a provider's `.modinfo` says of each function that refuses (`provider.h`).
const REFUSES: &str = "refuses";

/// What it says of each function that ends the run.
const ENDS_RUN: &str = "ends_run";

/// The name by which tests call what is offered begins with this.
const OFFERED: &str = "offered_";

/// How many functions and variables a provider offers.
#[derive(Clone, Copy, Debug, Default)]
pub struct Offers {
    functions: usize,
    refuse: usize,
    end_runs: usize,
    variables: usize,
    /// Of those that neither refuse nor end a run.
    by_tests: usize,
    by_modules: usize,
    by_nobody: usize,
}

impl Offers {
    fn of(provider: &Provider, session: &Session) -> Self {
        let mut offers = Self {
            variables: variables(provider).count(),
            refuse: provider.facts.values(REFUSES).count(),
            end_runs: provider.facts.values(ENDS_RUN).count(),
            ..Self::default()
        };
        for name in functions(provider) {
            offers.functions += 1;
            match caller(provider, name, session) {
                _ if is_excused(provider, name) => {}
                Some(Caller::Tests) => offers.by_tests += 1,
                Some(Caller::Modules) => offers.by_modules += 1,
                None => offers.by_nobody += 1,
            }
        }
        offers
    }

    fn add(&mut self, other: Self) {
        self.functions += other.functions;
        self.refuse += other.refuse;
        self.end_runs += other.end_runs;
        self.variables += other.variables;
        self.by_tests += other.by_tests;
        self.by_modules += other.by_modules;
        self.by_nobody += other.by_nobody;
    }
}

impl fmt::Display for Offers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            functions,
            refuse,
            end_runs,
            variables,
            by_tests,
            by_modules,
            by_nobody,
        } = self;
        write!(
            f,
            "{functions:>9} {refuse:>6} {end_runs:>8} {variables:>9} {by_tests:>8} \
             {by_modules:>12} {by_nobody:>9}"
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

/// Whether a function needn't be called: it refuses, or ends the run.
fn is_excused(provider: &Provider, name: &str) -> bool {
    let mut excused = provider
        .facts
        .values(REFUSES)
        .chain(provider.facts.values(ENDS_RUN));
    excused.any(|it| it == name)
}

fn caller(provider: &Provider, name: &str, session: &Session) -> Option<Caller> {
    let called = (provider.name.clone(), name.to_owned());
    session.calls.get(&called).copied()
}

/// The lines, the first of which names the columns and the last has the sums; below them the tests
/// that ask providers, the functions that only modules called as they came and went, and those
/// that nobody called, by provider.
pub fn of(providers: &Providers, session: &Session) -> Vec<String> {
    let mut lines = vec![format!(
        "{:<18} {:>9} {:>6} {:>8} {:>9} {:>8} {:>12} {:>9}",
        "provider",
        "functions",
        "refuse",
        "end runs",
        "variables",
        "by tests",
        "only loading",
        "by nobody"
    )];
    let mut all = Offers::default();
    for provider in &providers.providers {
        let offers = Offers::of(provider, session);
        if offers.functions + offers.variables > 0 {
            lines.push(format!("{:<18} {offers}", provider.name));
            all.add(offers);
        }
    }
    lines.push(format!("{:<18} {all}", "all"));
    for asked in providers.asking_offers() {
        lines.push(format!(
            "{:<18} checked against {}",
            asked.test, asked.source
        ));
    }
    lines.extend(named("only loading", providers, |provider, name| {
        caller(provider, name, session) == Some(Caller::Modules) && !is_excused(provider, name)
    }));
    lines.extend(named("nobody called", providers, |provider, name| {
        caller(provider, name, session).is_none() && !is_excused(provider, name)
    }));
    lines
}

/// A line for each provider with functions that are to be named.
fn named(
    title: &str,
    providers: &Providers,
    is_to_be: impl Fn(&Provider, &str) -> bool,
) -> Vec<String> {
    let mut lines = BTreeMap::new();
    for provider in &providers.providers {
        let names: Vec<&str> = functions(provider)
            .filter(|name| is_to_be(provider, name))
            .collect();
        if !names.is_empty() {
            let line = format!("{title}, of {}: {}", provider.name, names.join(" "));
            lines.insert(&provider.name, line);
        }
    }
    lines.into_values().collect()
}
