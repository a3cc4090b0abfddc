//! What modules lack, and which symbols would help most.

use super::closure::Closure;
use super::package::Package;
use crate::screen::output;
use std::collections::{BTreeMap, BTreeSet};

/// Rows of the list of what to offer next.
const ROWS: usize = 60;

/// Prints what a module lacks, by who needs it, and whom it has the rest from.
pub fn print(closure: &Closure, name: &'static str) {
    let lacking = closure.lacks(name);
    let (found, all) = closure.symbols(name);
    output::line!("{name}: {found} of {all} symbols found");
    for (provider, count) in closure.providers_of(name) {
        output::line!("  {count:>4} from {provider}");
    }
    let needed = closure.with_needed(name);
    let needed: Vec<&str> = needed.into_iter().filter(|it| *it != name).collect();
    if !needed.is_empty() {
        output::line!("  needs the modules {}", needed.join(" "));
    }
    if lacking.is_empty() {
        output::line!("  lacks nothing");
        return;
    }
    let mut by_module: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (module, symbol) in &lacking {
        by_module.entry(module).or_default().push(symbol);
    }
    for (module, symbols) in by_module {
        output::line!("  lacks for {module}: {}", symbols.join(" "));
    }
}

/// Prints which symbols to offer next: at each step those that make one more module whole for
/// the fewest of them, and how many are whole then.
pub fn print_all(package: &Package, closure: &Closure) {
    let mut open: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut whole = 0;
    for name in package.modules.keys() {
        let lacking = closure.lacks(name);
        match lacking.is_empty() {
            true => whole += 1,
            false => {
                let symbols = lacking.into_iter().map(|(_, symbol)| symbol);
                open.insert(name, symbols.collect());
            }
        }
    }
    output::line!(
        "{whole} of {} modules have all symbols",
        package.modules.len()
    );
    output::line!("{:>7} {:>7}  offered next, for", "symbols", "modules");
    let mut offered = 0;
    for _ in 0..ROWS {
        let Some((first, step)) = best(&open) else {
            break;
        };
        open.values_mut().for_each(|lacking| {
            lacking.retain(|symbol| !step.contains(symbol));
        });
        let before = open.len();
        open.retain(|_, lacking| !lacking.is_empty());
        whole += before - open.len();
        offered += step.len();
        let symbols: Vec<&str> = step.iter().map(String::as_str).collect();
        output::line!("{offered:>7} {whole:>7}  {} ({first})", symbols.join(" "));
    }
}

/// The symbols whose offer completes most modules a symbol, and one of these modules.
fn best<'a>(open: &BTreeMap<&'a str, BTreeSet<String>>) -> Option<(&'a str, BTreeSet<String>)> {
    let gain = |step: &BTreeSet<String>| {
        let done = open.values().filter(|lacking| lacking.is_subset(step));
        done.count() * 1000 / step.len()
    };
    // Of a large set the gain is small, and long to count.
    let fewest = open.values().map(BTreeSet::len).min()?;
    let near = open.iter().filter(|(_, it)| it.len() <= fewest + 4);
    let (name, step) = near.max_by_key(|(_, step)| gain(step))?;
    Some((name, step.clone()))
}
