//! Parts of documents that are generated, not typed.
//!
//! A line `<!-- from the run: NAME -->` is followed by a fenced block, which holds what
//! there is under that name.

use std::collections::BTreeMap;

/// Texts by name.
pub type Blocks = BTreeMap<&'static str, String>;

const MARKER: &str = "<!-- from the run: ";
const MARKER_END: &str = " -->";
const FENCE: &str = "```";

/// The text with its blocks replaced; `look` sees each name, its text, and the new one,
/// which is missing for a name that nobody knows.
pub fn replaced(
    text: &str,
    blocks: &Blocks,
    look: &mut dyn FnMut(&str, &str, Option<&str>),
) -> String {
    let mut output = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        output = output + line + "\n";
        let name = line.strip_prefix(MARKER);
        let Some(name) = name.and_then(|rest| rest.strip_suffix(MARKER_END)) else {
            continue;
        };
        let fence = lines.by_ref().find(|line| line.starts_with(FENCE));
        let inside = lines.by_ref().take_while(|line| *line != FENCE);
        let old: String = inside.map(|line| format!("{line}\n")).collect();
        let new = blocks.get(name).map(String::as_str);
        look(name, &old, new);
        let shown = new.unwrap_or(&old).trim_end();
        output = output + fence.unwrap_or("```text") + "\n" + shown + "\n" + FENCE + "\n";
    }
    output
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# Title\n<!-- from the run: a -->\n```text\nold\n```\nand text\n";

    #[test]
    fn blocks_are_replaced_and_nothing_else() {
        let blocks = BTreeMap::from([("a", "new\nlines\n".to_owned())]);
        let text = replaced(TEXT, &blocks, &mut |_, _, _| {});
        assert_eq!(text, TEXT.replace("old", "new\nlines"));
        let mut seen = Vec::new();
        replaced(TEXT, &BTreeMap::new(), &mut |name, old, new| {
            seen.push((name.to_owned(), old.to_owned(), new.is_none()));
        });
        assert_eq!(seen, [("a".to_owned(), "old\n".to_owned(), true)]);
    }
}
