//! What an allocator under a model works on.

use percpu::Backing;

/// Emulated memory that can be asked about itself.
pub trait Memory: Backing {
    /// Whether all bytes are this one.
    fn holds(&self, address: usize, size: usize, byte: u8) -> bool;
    /// Stores a byte over and over.
    fn fill(&self, address: usize, size: usize, byte: u8);
    /// Pages that are mapped, and chunks that have address space.
    fn count(&self) -> (usize, usize);
    /// Makes a CPU the running one.
    fn run_on(&self, cpu: usize);
    /// Makes the request fail that is the `nth` from now on; 0 for none.
    fn fail(&self, nth: u64);
}
