//! Comments as wide as code may be: rustfmt breaks code, and leaves them as they are.

use crate::crate_files::walk;
use crate::problem::Problem;
use std::fs;
use std::io;
use std::path::Path;

/// Folders whose Rust files are looked at.
const FOLDERS: [&str; 4] = ["kernel", "modules", "tools", "fuzz"];

/// Columns, as for code.
const MOST: usize = 100;

/// Finds the lines of comments that are wider.
pub fn check(root: &Path) -> io::Result<Vec<Problem>> {
    let mut problems = Vec::new();
    for folder in FOLDERS {
        for path in walk(&root.join(folder), "rs")? {
            let text = fs::read_to_string(&path)?;
            let file = path.strip_prefix(root).unwrap_or(&path);
            problems.extend(wide(&text).map(|line| Problem::Wide {
                file: file.to_owned(),
                line,
            }));
        }
    }
    Ok(problems)
}

fn wide(text: &str) -> impl Iterator<Item = usize> {
    let lines = (1..).zip(text.lines());
    let comments = lines.filter(|(_, line)| line.trim_start().starts_with("//"));
    let wide = comments.filter(|(_, line)| line.chars().count() > MOST);
    wide.map(|(number, _)| number)
}

#[cfg(test)]
mod tests {
    use super::wide;

    #[test]
    fn columns_are_counted_not_bytes() {
        let picture = format!("//! {}\n", "─".repeat(96));
        assert_eq!(wide(&picture).count(), 0);
        let text = format!("let a;\n{picture}    // {}\n", "a".repeat(94));
        assert!(wide(&text).eq([3]));
    }
}
