//! What a run says, looked up in its listings.

use crate::verbs::blocks::Blocks;

/// What a run says, to be looked up.
pub struct Facts<'a> {
    /// Lines of boot, without their times.
    pub boot: &'a [String],
    /// Listings.
    pub blocks: &'a Blocks,
}

impl Facts<'_> {
    /// The word behind `mark` in a listing's line that contains `line`.
    pub fn word(&self, name: &str, line: &str, mark: &str) -> String {
        let text = self.blocks.get(name).map_or("", String::as_str);
        let mut lines = text.lines().filter(|it| it.contains(line));
        let found = lines.find_map(|it| Some(it.split_once(mark)?.1.trim_start()));
        let word = found.and_then(|it| it.split([' ', ',', ':']).find(|it| !it.is_empty()));
        word.unwrap_or("?").to_owned()
    }

    /// A word of a row of `pcpu`, by CPU and column.
    pub fn pcpu(&self, name: &str, cpu: usize, column: usize) -> String {
        let text = self.blocks.get(name).map_or("", String::as_str);
        let mut rows = text
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>());
        let row = rows.find(|words| words.len() == 5 && words[0] == cpu.to_string());
        row.map_or("?".to_owned(), |words| short(words[column]))
    }

    /// Start and end of a part of the map.
    pub fn part(&self, name: &str) -> (String, String) {
        let mut lines = self.boot.iter();
        let found = lines.find_map(|line| {
            let (range, what) = line.strip_prefix("map: ")?.split_once(' ')?;
            (what == name).then(|| range.split_once(".."))?
        });
        found.map_or(("?".into(), "?".into()), |(from, to)| {
            (short(from), short(to))
        })
    }
}

/// An address without its leading zeros.
pub fn short(address: &str) -> String {
    match address.strip_prefix("0x") {
        Some(digits) => {
            let digits = digits.trim_start_matches('0');
            format!("0x{}", if digits.is_empty() { "0" } else { digits })
        }
        None => address.to_owned(),
    }
}
