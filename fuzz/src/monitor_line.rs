//! What a person types at the monitor: keys into a line, the line into commands and words.

use crate::line_editor::{LENGTH, LineEditor, Typed};

/// Types these bytes.
///
/// # Panics
/// If a line is longer than may be, or words lie outside it.
pub fn monitor_line(data: &[u8]) {
    let mut editor = LineEditor::new();
    let mut shown = 0;
    for &byte in data {
        match editor.take(byte, &mut |echo| shown += echo.len()) {
            Typed::More => continue,
            Typed::Line => commands(editor.line()),
            Typed::TooLong => {}
        }
        editor.clear();
        assert!(editor.line().is_empty());
    }
    // A key takes back a line at most.
    assert!(shown <= data.len() * (LENGTH + 2) * 3);
    // Whole lines come from a program, too.
    commands(data);
    let text = String::from_utf8_lossy(data);
    if let Some((glob, text)) = text.split_once('\n')
        && text.len() <= 200
    {
        assert_eq!(words::matches(glob, text), matches_by_table(glob, text));
    }
}

/// The same by trying everything.
fn matches_by_table(glob: &str, text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    // Which beginnings of the text the glob's beginning matches.
    let mut ends = vec![false; text.len() + 1];
    ends[0] = true;
    for letter in glob.chars() {
        ends = match letter {
            '*' => {
                let first = ends.iter().position(|&is_end| is_end).unwrap_or(ends.len());
                (0..ends.len()).map(|end| end >= first).collect()
            }
            _ => (0..ends.len())
                .map(|end| end > 0 && ends[end - 1] && text[end - 1] == letter)
                .collect(),
        };
    }
    ends[text.len()]
}

fn commands(line: &[u8]) {
    let mut bytes = 0;
    for command in words::commands(line) {
        bytes += command.len();
        let Ok(text) = str::from_utf8(command) else {
            continue;
        };
        let words: Vec<&str> = words::words(text).collect();
        assert!(words.iter().all(|word| text.contains(word)));
    }
    assert!(bytes <= line.len(), "more than there is");
}
