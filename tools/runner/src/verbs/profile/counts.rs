//! What the plugin writes; `tools/profile/profile.c` has the format.

use crate::error::Error;
use std::collections::BTreeMap;

/// Calls that haven't returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Frame {
    /// The calls before; 0 for none.
    parent: u32,
    /// Where the call returns to.
    return_address: u64,
}

/// Instructions of one block with one stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    stack: u32,
    /// Address of the block.
    pub address: u64,
    /// Instructions executed.
    pub instructions: u64,
}

/// A profile.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    frames: BTreeMap<u32, Frame>,
    /// By block and stack, in no order.
    pub counts: Vec<Count>,
    /// Instructions of each part, in their order in time.
    pub parts: Vec<u64>,
}

impl Counts {
    /// Reads the whole file.
    ///
    /// # Errors
    /// If a line is none of the format, the last line is missing, a stack isn't described,
    /// or the parts aren't the sum of the counts.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let wrong = |line: &str| Error::Profile {
            line: line.to_owned(),
        };
        let mut counts = Self::default();
        let mut whole = false;
        for line in text.lines() {
            if whole {
                return Err(wrong(line));
            }
            match counts.line(line) {
                Some(ended) => whole = ended,
                None => return Err(wrong(line)),
            }
        }
        let is_known = |stack: u32| stack == 0 || counts.frames.contains_key(&stack);
        let known = counts.counts.iter().all(|count| is_known(count.stack));
        // A stack is made after its parent, so no chain is a ring.
        let chained = counts
            .frames
            .iter()
            .all(|(&number, frame)| frame.parent < number && is_known(frame.parent));
        let sum: u64 = counts.parts.iter().sum();
        match whole && known && chained && sum == counts.total() {
            true => Ok(counts),
            false => Err(wrong(text.lines().last().unwrap_or_default())),
        }
    }

    /// Takes a line; whether it is the last one, or `None` if it is wrong.
    fn line(&mut self, line: &str) -> Option<bool> {
        let mut words = line.split(' ');
        let kind = words.next()?;
        let numbers: Option<Vec<u64>> = words.map(|word| word.parse().ok()).collect();
        match (kind, numbers?.as_slice()) {
            ("part", &[instructions]) => self.parts.push(instructions),
            ("frame", &[number, parent, return_address]) => {
                let frame = Frame {
                    parent: u32::try_from(parent).ok()?,
                    return_address,
                };
                self.frames.insert(u32::try_from(number).ok()?, frame);
            }
            ("count", &[stack, address, instructions]) => self.counts.push(Count {
                stack: u32::try_from(stack).ok()?,
                address,
                instructions,
            }),
            ("whole", []) => return Some(true),
            _ => return None,
        }
        Some(false)
    }

    /// All instructions.
    pub fn total(&self) -> u64 {
        self.counts.iter().map(|count| count.instructions).sum()
    }

    /// Where the calls of a count return to, the outermost first.
    pub fn return_addresses(&self, count: &Count) -> Vec<u64> {
        let mut addresses = Vec::new();
        let mut stack = count.stack;
        while let Some(frame) = self.frames.get(&stack) {
            addresses.push(frame.return_address);
            stack = frame.parent;
        }
        addresses.reverse();
        addresses
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "part 7\npart 5\nframe 2 1 300\nframe 1 0 200\n\
                        count 0 100 4\ncount 2 400 8\nwhole\n";

    #[test]
    fn stacks_are_put_together() {
        let counts = Counts::parse(TEXT).unwrap();
        assert_eq!((counts.total(), counts.parts.len()), (12, 2));
        assert_eq!(counts.return_addresses(&counts.counts[1]), [200, 300]);
        assert!(counts.return_addresses(&counts.counts[0]).is_empty());
    }

    #[test]
    fn what_is_not_whole_is_refused() {
        for (from, to) in [
            ("whole\n", ""),
            ("part 7", "part 6"),
            ("part 7", "part seven"),
            ("frame 1 0 200\n", ""),
            ("frame 1 0 200", "frame 1 2 200"),
            ("count 2 400 8", "count 2 400"),
            ("whole\n", "whole\npart 0\n"),
        ] {
            assert!(Counts::parse(&TEXT.replace(from, to)).is_err(), "{to}");
        }
    }
}
