//! Names of symbols as their authors wrote them, on a small stack.
//!
//! `rustc-demangle` prints a name of Rust's v0 mangling by recursion, up to 500 deep, and
//! a back reference inside a name can lead there from a dozen bytes. The kernel's stacks
//! hold no such depth, and a module's names are whatever its file says. So a name is
//! measured first: one that nests too deep, refers back too often or is too long is
//! printed as it is. (Names of the older mangling, and of C, take no recursion.)
//!
//! The measure follows the grammar of RFC 2603. What of it no variable or function of a
//! kernel has, such as a string as a generic argument, counts as too deep.

use crate::escape::Escaped;
use core::fmt;

/// A symbol's name, to be printed as Rust source has it, without hashes; a name that isn't Rust's
/// is printed as it is, but for control characters ([`Escaped`]). Takes no memory and a bounded
/// part of the stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Demangled<'a>(pub &'a str);

/// Longest name that is demangled, in bytes.
const LONGEST: usize = 1024;
/// How deep paths and types may nest, back references followed.
const DEEPEST: u32 = 32;
/// Paths, types and constants in a name, back references followed.
const MOST: u32 = 500;
/// Lifetimes of one `for<...>`.
const LIFETIMES: u64 = 26;

impl fmt::Display for Demangled<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.0;
        if is_shallow(name) {
            let demangled = rustc_demangle::demangle(name);
            write!(f, "{}", Escaped(format_args!("{demangled:#}")))
        } else {
            write!(f, "{}", Escaped(name))
        }
    }
}

/// Whether `rustc-demangle` takes little stack for a name.
fn is_shallow(name: &str) -> bool {
    // The prefixes that it takes for the v0 mangling's.
    let prefixes = ["_R", "R", "__R"];
    let Some(inner) = prefixes.iter().find_map(|prefix| name.strip_prefix(prefix)) else {
        return true;
    };
    if name.len() > LONGEST {
        return false;
    }
    let mut measure = Measure {
        text: inner.as_bytes(),
        left: MOST,
    };
    // What follows the path is the crate that instantiates it, and perhaps a suffix.
    let Some(end) = measure.node(0, 0) else {
        return false;
    };
    match inner.as_bytes().get(end) {
        Some(b'A'..=b'Z') => measure.node(end, 0).is_some(),
        _ => true,
    }
}

/// A walk over a mangled name. Each step takes the place where it begins and returns the
/// place behind what it has read, or `None` for what isn't to be demangled.
struct Measure<'a> {
    text: &'a [u8],
    /// Nodes that may still be visited.
    left: u32,
}

impl Measure<'_> {
    fn peek(&self, at: usize) -> Option<u8> {
        self.text.get(at).copied()
    }

    /// Past a byte, if it is there.
    fn skip(&self, at: usize, byte: u8) -> Option<usize> {
        (self.peek(at)? == byte).then_some(at + 1)
    }

    /// A base-62 number up to its `_`.
    fn number(&self, at: usize) -> Option<(u64, usize)> {
        let (mut value, mut end) = (0u64, at);
        loop {
            let digit = match self.peek(end)? {
                b'_' if end == at => return Some((0, end + 1)),
                b'_' => return Some((value.checked_add(1)?, end + 1)),
                digit @ b'0'..=b'9' => digit - b'0',
                digit @ b'a'..=b'z' => digit - b'a' + 10,
                digit @ b'A'..=b'Z' => digit - b'A' + 36,
                _ => return None,
            };
            value = value.checked_mul(62)?.checked_add(digit.into())?;
            end += 1;
        }
    }

    /// A number behind a tag, if the tag is there.
    fn tagged(&self, at: usize, tag: u8) -> Option<usize> {
        match self.skip(at, tag) {
            Some(at) => self.number(at).map(|(_, end)| end),
            None => Some(at),
        }
    }

    /// An identifier: disambiguator, length, text.
    fn identifier(&self, at: usize) -> Option<usize> {
        let at = self.tagged(at, b's')?;
        let mut at = self.skip(at, b'u').unwrap_or(at);
        let mut length = 0usize;
        let first = at;
        while let Some(digit @ b'0'..=b'9') = self.peek(at) {
            // A length doesn't begin with 0, but is 0 for an empty name.
            if at > first && length == 0 {
                break;
            }
            length = length.checked_mul(10)?.checked_add((digit - b'0').into())?;
            at += 1;
        }
        if at == first {
            return None;
        }
        let at = self.skip(at, b'_').unwrap_or(at);
        let end = at.checked_add(length)?;
        (end <= self.text.len()).then_some(end)
    }

    /// Nodes up to an `E`.
    fn list(
        &mut self,
        mut at: usize,
        depth: u32,
        item: fn(&mut Self, usize, u32) -> Option<usize>,
    ) -> Option<usize> {
        loop {
            if let Some(end) = self.skip(at, b'E') {
                return Some(end);
            }
            at = item(self, at, depth)?;
        }
    }

    /// A path or a type: their tags differ.
    fn node(&mut self, at: usize, depth: u32) -> Option<usize> {
        self.left = self.left.checked_sub(1)?;
        let deeper = depth + 1;
        if deeper > DEEPEST {
            return None;
        }
        let tag = self.peek(at)?;
        let at = at + 1;
        match tag {
            b'a'..=b'z' => Some(at),
            b'C' => self.identifier(at),
            b'N' => {
                let end = self.node(at + 1, deeper)?;
                self.identifier(end)
            }
            b'M' | b'X' => {
                let at = self.tagged(at, b's')?;
                let at = self.node(at, deeper)?;
                let at = self.node(at, deeper)?;
                if tag == b'M' {
                    return Some(at);
                }
                self.node(at, deeper)
            }
            b'Y' => {
                let at = self.node(at, deeper)?;
                self.node(at, deeper)
            }
            b'I' => {
                let at = self.node(at, deeper)?;
                self.list(at, deeper, Self::argument)
            }
            b'R' | b'Q' => {
                let at = self.tagged(at, b'L')?;
                self.node(at, deeper)
            }
            b'P' | b'O' | b'S' => self.node(at, deeper),
            b'A' => {
                let at = self.node(at, deeper)?;
                self.constant(at, deeper)
            }
            b'T' => self.list(at, deeper, Self::node),
            b'F' => self.function(at, deeper),
            b'D' => {
                let at = self.binder(at)?;
                let at = self.list(at, deeper, Self::bound)?;
                self.number(self.skip(at, b'L')?).map(|(_, end)| end)
            }
            b'B' => self.back(at, deeper, Self::node),
            _ => None,
        }
    }

    /// What a back reference behind its tag leads to, followed.
    fn back(
        &mut self,
        at: usize,
        depth: u32,
        item: fn(&mut Self, usize, u32) -> Option<usize>,
    ) -> Option<usize> {
        let (target, end) = self.number(at)?;
        let target = usize::try_from(target).ok()?;
        item(self, target, depth)?;
        Some(end)
    }

    /// A generic argument.
    fn argument(&mut self, at: usize, depth: u32) -> Option<usize> {
        match self.peek(at)? {
            b'L' => self.number(at + 1).map(|(_, end)| end),
            b'K' => self.constant(at + 1, depth),
            _ => self.node(at, depth),
        }
    }

    fn binder(&self, at: usize) -> Option<usize> {
        let Some(at) = self.skip(at, b'G') else {
            return Some(at);
        };
        let (count, end) = self.number(at)?;
        (count < LIFETIMES).then_some(end)
    }

    fn function(&mut self, at: usize, depth: u32) -> Option<usize> {
        let at = self.binder(at)?;
        let at = self.skip(at, b'U').unwrap_or(at);
        let at = match self.skip(at, b'K') {
            Some(at) => self.skip(at, b'C').or_else(|| self.identifier(at))?,
            None => at,
        };
        let at = self.list(at, depth, Self::node)?;
        self.node(at, depth)
    }

    /// A trait of a `dyn`, with what it binds.
    fn bound(&mut self, at: usize, depth: u32) -> Option<usize> {
        let mut at = self.node(at, depth)?;
        while let Some(name) = self.skip(at, b'p') {
            at = self.identifier(name)?;
            at = self.argument(at, depth)?;
        }
        Some(at)
    }

    /// A constant that is a number, a bool or a character.
    fn constant(&mut self, at: usize, depth: u32) -> Option<usize> {
        self.left = self.left.checked_sub(1)?;
        if depth >= DEEPEST {
            return None;
        }
        match self.peek(at)? {
            b'p' => Some(at + 1),
            b'B' => self.back(at + 1, depth + 1, Self::constant),
            b'e' => None,
            b'a'..=b'z' => {
                let digits = self.text.get(at + 1..)?;
                let end = digits.iter().position(|&digit| digit == b'_')?;
                Some(at + 1 + end + 1)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::{String, ToString};

    fn shown(name: &str) -> String {
        Demangled(name).to_string()
    }

    #[test]
    fn names_of_rust_and_of_others() {
        for (name, text) in [
            ("hits", "hits"),
            ("", ""),
            ("R", "R"),
            ("Read", "Read"),
            ("_R", "_R"),
            ("_ZN7counter4HITS17h0123456789abcdefE", "counter::HITS"),
            ("_RNvCs1234_7counter4HITS", "counter::HITS"),
            (
                "_RINvNtC3std3mem8align_ofjEC3foo",
                "std::mem::align_of::<usize>",
            ),
            (
                "_RNvXs_C7counterNtB4_4HITSNtC3std1T1f",
                "<counter::HITS as std::T>::f",
            ),
            (
                "_RINvC1a1bFG_KCRL0_hEuDNtB4_1cNtB4_1dp1eyEL_AhKj2_E",
                "_RINvC1a1bFG_KCRL0_hEuDNtB4_1cNtB4_1dp1eyEL_AhKj2_E",
            ),
            (
                "_RINvC1a1bFG_KCRL0_hEuDNtB2_1cNtB2_1dp1eyEL_AhKj2_E",
                "_RINvC1a1bFG_KCRL0_hEuDNtB2_1cNtB2_1dp1eyEL_AhKj2_E",
            ),
        ] {
            assert_eq!(shown(name), text);
        }
    }

    #[test]
    fn what_nests_too_deep_is_printed_as_it_is() {
        let nested = |depth: usize| alloc::format!("_RINvC1a1b{}uE", "R".repeat(depth));
        let text = alloc::format!("a::b::<{}()>", "&".repeat(20));
        assert_eq!(shown(&nested(20)), text);
        for depth in [32, 33, 490, 1000, 10_000] {
            assert_eq!(shown(&nested(depth)), nested(depth));
        }
        // Back references to what holds them, and a fan of them.
        for name in ["_RINvC1a1bTRB8_EE", "_RNvB_1a", "_RINvC1a1bRB7_E"] {
            assert_eq!(shown(name), name);
        }
        let mut fan = String::from("_RINvC1a1b");
        let mut target = 'a';
        fan += "TuuE";
        for _ in 0..20 {
            fan += &alloc::format!("TB7_B7_B{target}_E");
            target = (target as u8 + 1) as char;
        }
        assert_eq!(shown(&fan), fan);
    }

    /// A name that passes is one that the crate prints within these limits.
    #[test]
    fn random_names_are_printed_in_bounds() {
        let tokens = [
            "C1a", "Nv", "Nt", "1b", "I", "E", "R", "Q", "T", "M", "X", "Y", "B_", "B0_", "B3_",
            "u", "j", "K", "j2_", "A", "S", "P", "O", "F", "D", "L_", "G_", "p1c", "s_", "12",
        ];
        let mut state = 1u64;
        let mut next = |limit: usize| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 33) as usize % limit
        };
        let mut demangled = 0;
        for _ in 0..200_000 {
            let mut name = String::from("_R");
            for _ in 0..1 + next(24) {
                name += tokens[next(tokens.len())];
            }
            let text = shown(&name);
            assert!(!text.contains("recursion limit"), "{name}");
            assert!(text.len() < 20_000, "{name}");
            demangled += usize::from(text != name);
        }
        assert!(demangled > 100, "{demangled}");
    }
}
