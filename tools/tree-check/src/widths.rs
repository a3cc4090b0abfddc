//! Comments as wide as code may be: rustfmt breaks code, and leaves them as they are.

use crate::crate_files::Source;
use crate::problem::Problem;

/// Columns, as for code.
const MOST: usize = 100;

/// Finds the lines of comments that are wider.
pub fn check(source: &Source) -> impl Iterator<Item = Problem> {
    wide(&source.text).map(|line| Problem::Wide {
        file: source.file.clone(),
        line,
    })
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
