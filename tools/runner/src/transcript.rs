//! The console's text: what people read, and what listings are taken from. No verdict
//! rests on it.

/// The console's lines so far.
#[derive(Clone, Debug, Default)]
pub struct Transcript {
    /// All lines that aren't empty, without the blanks at their ends.
    pub lines: Vec<String>,
    panicked: bool,
}

impl Transcript {
    /// Takes one line, without its end; whether `--quiet` shows it: failures, and a
    /// panic with all that follows.
    pub fn line(&mut self, line: &str) -> bool {
        let line = line.trim_end();
        if line.is_empty() {
            return false;
        }
        self.lines.push(line.to_owned());
        self.panicked |= line.starts_with("panic: ");
        self.panicked || line.starts_with("not ok ") || line.starts_with("Bail out!")
    }

    /// The last line that isn't empty.
    pub fn last_line(&self) -> Option<&str> {
        self.lines.last().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quiet_shows_failures_and_panics() {
        let mut transcript = Transcript::default();
        let text =
            "boot\nok 1 a\nnot ok 2 b\n\nBail out! c\nok 3 d\npanic: cpu 0: e\n  registers\n";
        let shown: Vec<&str> = text.lines().filter(|line| transcript.line(line)).collect();
        let expected = [
            "not ok 2 b",
            "Bail out! c",
            "panic: cpu 0: e",
            "  registers",
        ];
        assert_eq!(shown, expected);
        assert_eq!(transcript.last_line(), Some("  registers"));
        assert_eq!(transcript.lines.len(), 7);
    }
}
