//! Examples from this run: a line with words that stand for what there is now.
//!
//! ```text
//!  pcpu {variable} --hop   ──►   pcpu counter::HITS --hop
//! ```
//!
//! | word | stands for |
//! |---|---|
//! | `{module}`, `{function}` | the first loaded module, and a function that it exports |
//! | `{variable}`, `{handle}`, `{copy}` | its per-CPU variable, that one's handle, CPU 0's copy |
//! | `{address}` | the module's first byte |
//! | `{cpu}` | the last CPU that is online |
//!
//! Without a module, what is in the initrd or in the kernel stands for these.

use crate::modules::{self, Sample};
use crate::{cpus, percpu};
use core::fmt;

/// A line whose words in braces are replaced when it is printed.
#[derive(Clone, Copy, Debug)]
pub struct Example(pub &'static str);

impl fmt::Display for Example {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sample = modules::sample();
        let mut rest = self.0;
        while let Some((before, behind)) = rest.split_once('{') {
            f.write_str(before)?;
            let (word, after) = behind.split_once('}').unwrap_or((behind, ""));
            write_word(f, word, &sample)?;
            rest = after;
        }
        f.write_str(rest)
    }
}

fn write_word(f: &mut fmt::Formatter<'_>, word: &str, sample: &Sample) -> fmt::Result {
    match word {
        "module" => f.write_str(sample.module),
        "function" => f.write_str(sample.function),
        "variable" => write!(f, "{}", sample.variable),
        "handle" => write!(f, "{:#x}", sample.handle),
        "copy" => {
            let copy = (sample.handle as usize).wrapping_add(percpu::offset(0));
            write!(f, "{copy:#x}")
        }
        "address" => write!(f, "{:#x}", sample.address),
        "cpu" => write!(f, "{}", cpus::online().last().unwrap_or(0)),
        // A word that nobody knows shows itself, and a self-test looks for it.
        _ => write!(f, "{{{word}}}"),
    }
}
