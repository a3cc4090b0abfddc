//! SAFETY comments and the invariants of docs/INVARIANTS.md.
//!
//! That every `unsafe` has such a comment is clippy's to check
//! (`undocumented_unsafe_blocks`); that the comment names an invariant is checked here.

use crate::crate_files::Source;
use crate::problem::Problem;
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

/// Compares all SAFETY comments with the list of invariants.
pub fn check(root: &Path, sources: &[Source]) -> io::Result<Vec<Problem>> {
    let known = defined(&fs::read_to_string(root.join("docs/INVARIANTS.md"))?);
    let mut problems = Vec::new();
    let mut used = BTreeSet::new();
    for source in sources {
        for (line, comment) in comments(&source.text) {
            let named = names(&comment);
            let file = || source.file.clone();
            if named.is_empty() {
                let file = file();
                problems.push(Problem::NoInvariant { file, line });
            }
            for name in named.iter().filter(|name| !known.contains(*name)) {
                let (file, name) = (file(), name.clone());
                problems.push(Problem::UnknownInvariant { file, line, name });
            }
            used.extend(named);
        }
    }
    let unused = known.into_iter().filter(|name| !used.contains(name));
    problems.extend(unused.map(Problem::UnusedInvariant));
    Ok(problems)
}

/// Invariants that the document defines: items that begin `- **P1**`.
fn defined(text: &str) -> BTreeSet<String> {
    let items = text.lines().filter_map(|line| line.strip_prefix("- **"));
    let names = items.filter_map(|item| item.split_once("**"));
    names.map(|(name, _)| name.to_owned()).collect()
}

/// The SAFETY comments of a file: line, and text to the comment's end.
fn comments(text: &str) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    let mut open = false;
    for (line, number) in text.lines().zip(1..) {
        let line = line.trim_start();
        if line.starts_with("// SAFETY:") {
            found.push((number, String::new()));
            open = true;
        }
        open &= line.starts_with("//") && !line.starts_with("///");
        if let (true, Some((_, comment))) = (open, found.last_mut()) {
            comment.push_str(line);
            comment.push('\n');
        }
    }
    found
}

/// Invariants that a comment names: a capital C, M, P or L and digits, as a word.
fn names(comment: &str) -> BTreeSet<String> {
    let words = comment.split(|letter: char| !letter.is_ascii_alphanumeric());
    let named = words.filter(|word| {
        let digits = word.strip_prefix(['C', 'M', 'P', 'L']);
        digits.is_some_and(|digits| {
            !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
        })
    });
    named.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_ends_with_its_lines() {
        let text =
            "    // SAFETY: M1: ours,\n    // and P2.\n    unsafe {} // C3\n// SAFETY: trust me\n";
        let found = comments(text);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].0, 1);
        assert_eq!(names(&found[0].1), ["M1", "P2"].map(String::from).into());
        assert_eq!(found[1].0, 4);
        assert!(names(&found[1].1).is_empty());
    }

    #[test]
    fn words_that_only_look_like_invariants_are_none() {
        assert!(names("// SAFETY: CR0 and P1x, in C").is_empty());
    }

    #[test]
    fn definitions_are_list_items() {
        let text = "- **C1** Each CPU\n- **P7** An area\n  **X1** text\n";
        assert_eq!(defined(text), ["C1", "P7"].map(String::from).into());
    }
}
