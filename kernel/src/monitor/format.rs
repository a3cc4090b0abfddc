//! The format of `x/FMT`, as gdb has it: a count, a letter of how, a letter of how many bytes.
//!
//! ```text
//!  /8xg     eight numbers of eight bytes, in hexadecimal
//!  /3s      three texts, each up to its NUL
//! ```

/// How values are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// `x`: hexadecimal.
    Hexadecimal,
    /// `d`: decimal, with a sign.
    Signed,
    /// `u`: decimal, without.
    Unsigned,
    /// `c`: a character and its number.
    Character,
    /// `a`: an address, with its symbol.
    Address,
    /// `s`: text up to NUL.
    Text,
    /// `i`: instructions.
    Instructions,
}

/// A format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format {
    /// Values.
    pub count: u64,
    /// How each is shown.
    pub how: How,
    /// Bytes of each: 1, 2, 4 or 8.
    pub size: usize,
}

impl Format {
    /// Most values.
    pub const MOST: u64 = 4096;

    /// Reads a format, without its slash; `None` if it is none, or of too many values.
    pub fn parse(text: &str) -> Option<Self> {
        let letters = text.trim_start_matches(|letter: char| letter.is_ascii_digit());
        let digits = &text[..text.len() - letters.len()];
        let count = match digits {
            "" => 1,
            digits => digits.parse().ok()?,
        };
        let (mut how, mut size) = (None, None);
        for letter in letters.chars() {
            let (this_how, this_size) = match letter {
                'x' => (Some(How::Hexadecimal), None),
                'd' => (Some(How::Signed), None),
                'u' => (Some(How::Unsigned), None),
                'c' => (Some(How::Character), None),
                'a' => (Some(How::Address), None),
                's' => (Some(How::Text), None),
                'i' => (Some(How::Instructions), None),
                'b' => (None, Some(1)),
                'h' => (None, Some(2)),
                'w' => (None, Some(4)),
                'g' => (None, Some(8)),
                _ => return None,
            };
            // Each is there once.
            if (how.is_some() && this_how.is_some()) || (size.is_some() && this_size.is_some()) {
                return None;
            }
            how = how.or(this_how);
            size = size.or(this_size);
        }
        let how = how.unwrap_or(How::Hexadecimal);
        let usual = match how {
            How::Character | How::Text => 1,
            How::Address => 8,
            _ => 4,
        };
        // An address has eight bytes, a character and a text's have one.
        let size = match how {
            How::Address | How::Character | How::Text => usual,
            _ => size.unwrap_or(usual),
        };
        (count <= Self::MOST).then_some(Self { count, how, size })
    }

    /// Values on a line.
    pub fn on_a_line(self) -> usize {
        match (self.how, self.size) {
            (How::Address | How::Text | How::Instructions, _) => 1,
            (How::Character, _) => 8,
            (_, size) => 16 / size.max(2),
        }
    }
}
