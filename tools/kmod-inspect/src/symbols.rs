//! `System.map`: an address, a letter and a name on each line.

use std::collections::HashMap;
use std::path::Path;

/// Symbols that the kernel defines.
#[derive(Debug, Default)]
pub struct Symbols(HashMap<String, u64>);

impl Symbols {
    /// Reads a file; an error names it, and the line.
    pub fn read(path: &Path) -> Result<Self, String> {
        let file = path.display();
        let text = std::fs::read_to_string(path).map_err(|error| format!("{file}: {error}"))?;
        Self::parse(&text).map_err(|line| {
            format!("{file}:{line}: expected an address, a letter and a name, as in System.map")
        })
    }

    /// Reads the text; an error is the number of the line that is wrong.
    fn parse(text: &str) -> Result<Self, usize> {
        let mut symbols = HashMap::new();
        for (line, number) in text.lines().zip(1..) {
            let mut words = line.split_whitespace();
            let (Some(address), Some(letter), Some(name)) =
                (words.next(), words.next(), words.next())
            else {
                if line.trim().is_empty() {
                    continue;
                }
                return Err(number);
            };
            let address = u64::from_str_radix(address, 16).map_err(|_| number)?;
            // A lower-case letter is one file's own symbol: any other goes first.
            if letter.starts_with(|letter: char| letter.is_ascii_lowercase()) {
                symbols.entry(name.to_owned()).or_insert(address);
            } else {
                symbols.insert(name.to_owned(), address);
            }
        }
        Ok(Self(symbols))
    }

    /// The address of a symbol.
    pub fn get(&self, name: &str) -> Option<u64> {
        self.0.get(name).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_global_symbol_goes_before_local_ones() {
        let text = "0000000000100000 t f\n0000000000100008 T f\n\n0000000000100010 t f\n";
        let symbols = Symbols::parse(text).unwrap();
        assert_eq!(symbols.get("f"), Some(0x10_0008));
        assert_eq!(symbols.get("g"), None);
    }

    #[test]
    fn a_wrong_line_is_named() {
        assert_eq!(Symbols::parse("10 T f\n20 T\n").unwrap_err(), 2);
        assert_eq!(Symbols::parse("g T 10\n").unwrap_err(), 1);
    }
}
