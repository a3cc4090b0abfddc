//! What memory that catches its misuse costs: two guests on the same work, without and with it.

use super::guest;
use crate::build::Guest;
use crate::error::Error;
use crate::options::{Options, Verb};
use crate::screen::output;

/// Whether a run is to show it: `bench` as it stands.
fn is_wanted(options: &Options) -> bool {
    let bench = matches!(options.verb, Some(Verb::Bench { .. }));
    bench && options.run.is_none() && options.append.is_empty() && !options.is_contention()
}

/// Measures it and shows it, if it is wanted.
///
/// # Errors
/// If a guest has no figures.
pub fn show(guest: &Guest, options: &Options) -> Result<(), Error> {
    if !is_wanted(options) {
        return Ok(());
    }
    let measured = |word: &str| {
        let mut options = guest::options(options, "bench sanity", Vec::new());
        options.append.push(word.to_owned());
        options.json = None;
        options.junit = None;
        options.events = None;
        guest::figures(guest, &options)
    };
    let (without, with) = (measured("sanity=0")?, measured("sanity=1")?);
    output::line!("what sanity=1 costs, in guest instructions an operation:");
    for (name, before) in &without {
        let after = with.get(name).copied().unwrap_or(f64::NAN);
        output::line!(
            "  {name:<16} {before:>10.0} {after:>10.0}   {:.1} times",
            after / before
        );
    }
    Ok(())
}
