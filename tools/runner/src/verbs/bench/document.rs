//! `docs/performance.md`: its tables and plots are those of the files that `bench` writes,
//! so no figure in it is typed.

use super::comparison::Comparison;
use super::growth::Growth;
use crate::build::layout;
use crate::error::Error;
use crate::verbs::blocks::{Blocks, replaced};
use std::fs;
use std::path::PathBuf;

fn path() -> PathBuf {
    layout::root().join("docs/performance.md")
}

/// The tables that are made of files, by their names.
fn blocks() -> Result<Blocks, Error> {
    let growth = Growth::read()?;
    let mut blocks = Blocks::new();
    blocks.insert("comparison", Comparison::read()?.to_string());
    blocks.insert("limits", growth.limits());
    blocks.extend(Growth::names().map(|name| (name, growth.table(name))));
    Ok(blocks)
}

/// Puts what was accepted into the document, and what was measured for it alone; what wasn't
/// stays.
pub fn update(measured: Vec<(&'static str, String)>) -> Result<(), Error> {
    let path = path();
    let text = fs::read_to_string(&path).map_err(Error::file("read", &path))?;
    let mut blocks = blocks()?;
    blocks.extend(measured);
    let new = replaced(&text, &blocks, &mut |_, _, _| {});
    fs::write(&path, new).map_err(Error::file("write", &path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verbs::bench::shares;

    #[test]
    fn the_tables_are_those_of_the_files() {
        let text = fs::read_to_string(path()).unwrap();
        let blocks = blocks().unwrap();
        let mut seen = Vec::new();
        replaced(&text, &blocks, &mut |name, old, new| {
            if let Some(new) = new {
                assert_eq!(old.trim_end(), new.trim_end(), "{name}");
            }
            seen.push(name.to_owned());
        });
        // Each has its place, and there are no others.
        seen.sort();
        let mut known: Vec<&str> = blocks.keys().copied().chain(shares::names()).collect();
        known.sort_unstable();
        assert_eq!(seen, known);
    }
}
