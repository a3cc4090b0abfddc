//! What came of each module, a row each.

use super::closure::Closure;
use super::providers::Providers;
use super::session::{Fate, Session};

/// Bytes of a slot.
const SLOT: u64 = 8;

/// The sums of the last line.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    /// Modules that were live, and are gone without a trace.
    pub live: usize,
    /// Those of them whose answers were right.
    pub known_answers: usize,
    /// Those of these that have per-CPU memory: variables, their own or others', or what they
    /// allocate.
    pub per_cpu: usize,
    /// Modules that weren't live, or not gone, or whose answers were wrong.
    pub lost: usize,
}

/// The table's lines, the first of which names the columns, and their sums.
pub fn of(
    closure: &Closure,
    providers: &Providers,
    session: &Session,
    chosen: &[&'static str],
) -> (Vec<String>, Counts) {
    let answers = providers.answers();
    let mut counts = Counts::default();
    let mut lines = vec![format!(
        "{:<28} {:>9} {:>7} {:>5} {:<10} answer checked against",
        "module", "symbols", "per-CPU", "GOT", "init"
    )];
    let mut rows = chosen.to_vec();
    rows.sort_unstable();
    for name in rows {
        let fate = session.fates.get(name);
        let listed = session.listed.get(name).copied().unwrap_or_default();
        let is_live = fate == Some(&Fate::Live);
        let asked = answers.get(name).map_or(&[][..], Vec::as_slice);
        let mut wrong = asked
            .iter()
            .filter_map(|it| session.answers.get(it.test)?.as_ref().err());
        let wrong = wrong.next();
        let (init, answer) = match (fate, wrong) {
            (Some(Fate::Live), None) => ("0".to_owned(), sources(asked)),
            (Some(Fate::Live), Some(error)) => ("0".to_owned(), format!("WRONG: {error}")),
            (Some(Fate::Refuses(number)), _) => (format!("-{number}"), "refuses".to_owned()),
            (Some(Fate::Lost(error)), _) => ("lost".to_owned(), error.clone()),
            (None, _) => ("lost".to_owned(), "no result".to_owned()),
        };
        let is_right = is_live && wrong.is_none();
        counts.live += usize::from(is_right);
        let is_known = is_right && !asked.is_empty();
        counts.known_answers += usize::from(is_known);
        counts.per_cpu += usize::from(is_known && closure.has_per_cpu(name));
        let is_lost = !is_right && !matches!(fate, Some(Fate::Refuses(_)));
        counts.lost += usize::from(is_lost);
        let (found, all) = closure.symbols(name);
        let (symbols, slots) = (format!("{found} of {all}"), listed.got / SLOT);
        lines.push(format!(
            "{name:<28} {symbols:>9} {:>7} {slots:>5} {init:<10} {answer}",
            listed.per_cpu
        ));
    }
    (lines, counts)
}

/// What a module's answers are checked against; of one that nobody asks, that it loads.
fn sources(asked: &[super::providers::Answers<'_>]) -> String {
    let mut sources: Vec<&str> = asked.iter().map(|answers| answers.source).collect();
    sources.dedup();
    match sources.is_empty() {
        true => "loads".to_owned(),
        false => sources.join("; "),
    }
}
