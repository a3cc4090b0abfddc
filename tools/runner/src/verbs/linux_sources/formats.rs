//! What Linux's test of printf says, check by check: those that fail must be of conversions
//! that the headers refuse by name, where a module has them in a format of its own.

use crate::build::layout;
use crate::error::Error;
use std::collections::BTreeMap;
use std::fs;

/// What stands in front of a failed check's format, and behind it.
const BEFORE: [&str; 2] = ["vsnprintf(buf, ", "kvasprintf(..., "];
const BEHIND: &str = "\", ...)";

/// The counts of a run, if each check that failed is of a conversion that is refused.
pub fn judged(lines: &[String]) -> Result<String, String> {
    let refused = refused().map_err(|error| error.to_string())?;
    counts(lines, &refused)
}

/// Letters of the conversions that `linux/printk.h` refuses: `pd`, `pI6c`.
fn refused() -> Result<Vec<String>, Error> {
    let header = layout::include().join("linux/printk.h");
    let text = fs::read_to_string(&header).map_err(Error::file("read", &header))?;
    let calls = text.split("__refuse_format(format, \"%").skip(1);
    let letters = calls.filter_map(|call| call.split_once('"'));
    Ok(letters.map(|(letters, _)| letters.to_owned()).collect())
}

fn counts(lines: &[String], refused: &[String]) -> Result<String, String> {
    let (failed, all) = lines
        .iter()
        .find_map(|line| totals(line))
        .ok_or("it doesn't say how many failed")?;
    let mut by_name: BTreeMap<&str, u32> = BTreeMap::new();
    for line in lines {
        let Some(format) = BEFORE.iter().find_map(|before| format_in(line, before)) else {
            continue;
        };
        let name = conversions(format).find_map(|letters| {
            let mut names = refused.iter();
            names.find(|name| letters.starts_with(name.as_str()))
        });
        let name = name.ok_or_else(|| line.clone())?;
        *by_name.entry(name).or_default() += 1;
    }
    let told: u32 = by_name.values().sum();
    if told != failed {
        return Err(format!("{failed} checks failed, {told} with a format"));
    }
    let names = by_name
        .iter()
        .map(|(name, count)| format!("%{name} {count}"));
    let names: Vec<String> = names.collect();
    Ok(format!(
        "{} of {all} checks; the others are of conversions refused by name: {}",
        all - failed,
        names.join(", ")
    ))
}

/// Failed ones, and all: `failed 3 out of 4 tests`.
fn totals(line: &str) -> Option<(u32, u32)> {
    let (_, behind) = line.split_once(": failed ")?;
    let (failed, behind) = behind.split_once(" out of ")?;
    let all = behind.strip_suffix(" tests")?;
    Some((failed.parse().ok()?, all.parse().ok()?))
}

fn format_in<'line>(line: &'line str, before: &str) -> Option<&'line str> {
    let (_, behind) = line.split_once(before)?;
    let (_, behind) = behind.split_once('"')?;
    behind.split_once(BEHIND).map(|(format, _)| format)
}

/// The letters of a format's conversions of pointers: `pd2` of `%-12pd2`.
fn conversions(format: &str) -> impl Iterator<Item = &str> {
    let pieces = format.split('%').skip(1);
    let is_size = |letter: char| letter.is_ascii_digit() || "-+ #.*".contains(letter);
    pieces.map(move |piece| piece.trim_start_matches(is_size))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|&text| text.to_owned()).collect()
    }

    const PATHS: [&str; 3] = [
        "warning: test_printf: vsnprintf(buf, 256, \"%-12pd2|%*pd2\", ...) wrote '(', expected 'b'",
        "warning: test_printf: kvasprintf(..., \"(%pt?)\", ...) returned '1', expected '2'",
        "warning: test_printf: failed 2 out of 9 tests",
    ];

    #[test]
    fn failed_checks_are_of_refused_conversions() {
        let refused = refused().unwrap();
        assert!(refused.len() > 10 && refused.contains(&"pd".to_owned()));
        let text = counts(&lines(&PATHS), &refused).unwrap();
        assert!(text.starts_with("7 of 9 checks;"), "{text}");
        assert!(text.ends_with(": %pd 1, %pt 1"), "{text}");
        // One of a conversion that there is; one without a format; none that is counted.
        let mut others = lines(&PATHS);
        others[1] = others[1].replace("%pt", "%pe %d");
        assert_eq!(counts(&others, &refused), Err(others[1].clone()));
        assert!(counts(&lines(&PATHS[1..]), &refused).is_err());
        assert!(counts(&lines(&PATHS[..2]), &refused).is_err());
    }
}
