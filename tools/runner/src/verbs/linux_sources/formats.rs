//! What Linux's test of printf says, check by check: those that fail must be of conversions
//! that are refused by name, where a module has them in a format of its own.

use std::collections::BTreeMap;

/// What stands in front of a failed check's format, and behind it.
const BEFORE: [&str; 2] = ["vsnprintf(buf, ", "kvasprintf(..., "];
const BEHIND: &str = "\", ...)";

/// The counts of a run, if each check that failed is of a conversion that is refused.
pub fn judged(lines: &[String]) -> Result<String, String> {
    let (failed, all) = lines
        .iter()
        .find_map(|line| totals(line))
        .ok_or("it doesn't say how many failed")?;
    let mut by_letter: BTreeMap<u8, u32> = BTreeMap::new();
    for line in lines {
        let Some(format) = BEFORE.iter().find_map(|before| format_in(line, before)) else {
            continue;
        };
        let refused = printf::unsupported(format.as_bytes()).next();
        let refused = refused.ok_or_else(|| line.clone())?;
        *by_letter.entry(refused.letter).or_default() += 1;
    }
    let counted: u32 = by_letter.values().sum();
    if counted != failed {
        return Err(format!("{failed} checks failed, {counted} with a format"));
    }
    let names = by_letter
        .iter()
        .map(|(&letter, count)| format!("%p{} {count}", char::from(letter)));
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
        let text = judged(&lines(&PATHS)).unwrap();
        assert!(text.starts_with("7 of 9 checks;"), "{text}");
        assert!(text.ends_with(": %pd 1, %pt 1"), "{text}");
        // One of a conversion that there is; one without a format; none that is counted.
        let mut others = lines(&PATHS);
        others[1] = others[1].replace("%pt", "%pe %d");
        assert_eq!(judged(&others), Err(others[1].clone()));
        assert!(judged(&lines(&PATHS[1..])).is_err());
        assert!(judged(&lines(&PATHS[..2])).is_err());
    }
}
