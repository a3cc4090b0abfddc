//! A run's token: a random word that this program gives the kernel, and that the kernel
//! puts into each event. An event without it was written by something that didn't read
//! the kernel's command line.

use rustix::rand::{GetRandomFlags, getrandom};
use std::io;

/// A token. Sixteen letters, and always so many: what the kernel does with them takes the
/// same instructions whichever they are, which `bench` counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// The word of the kernel command line, up to the token.
    pub const PARAMETER: &str = "token=";

    /// A random one.
    pub fn random() -> io::Result<Self> {
        let mut bytes = [0; 8];
        // So few bytes come whole.
        getrandom(&mut bytes, GetRandomFlags::empty())?;
        Ok(Self::new(u64::from_le_bytes(bytes)))
    }

    /// One of this value: a letter for each four bits.
    pub fn new(value: u64) -> Self {
        let nibbles = (0..16).map(|place| (value >> (4 * place)) as u8 & 15);
        Self(nibbles.map(|nibble| char::from(b'a' + nibble)).collect())
    }

    /// The token as events carry it.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// The word of the kernel command line.
    pub fn word(&self) -> String {
        format!("{}{}", Self::PARAMETER, self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_differ_and_look_alike() {
        let (one, two) = (Token::random().unwrap(), Token::random().unwrap());
        assert_ne!(one, two);
        for token in [one, two, Token::new(0), Token::new(u64::MAX)] {
            let letters = token.text().bytes();
            assert_eq!(letters.len(), 16);
            assert!(letters.clone().all(|byte| byte.is_ascii_lowercase()));
        }
        assert_ne!(Token::new(1), Token::new(1 << 60));
    }
}
