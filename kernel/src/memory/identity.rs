//! What memory allows where it is mapped to itself: the part of the address map that boot
//! fixes for good. Later pages change only one by one, for an owner: guard pages of stacks,
//! pages of new translation tables.

use super::map::{self, Map};
use arch::dat::Protection;
use arch::{PAGE_SIZE, boot};
use spin::Once;

/// A range, and what its pages allow.
pub type Part = ((usize, usize), Protection);

/// The ranges; each stands in place of what those before it say.
#[derive(Debug)]
pub struct Identity([Part; 9]);

impl Identity {
    /// For the initrd's pages, and the memory of boot's translation tables.
    pub fn new(map: &Map, initrd: Option<(usize, usize)>, tables: (usize, usize)) -> Self {
        let image = boot::image();
        let end = map.memory_end;
        let (hole, behind) = map.hole.unwrap_or((end, end));
        Self([
            ((0, PAGE_SIZE), Protection::ReadOnly),
            ((map.low_memory, image.text.0), Protection::ReadWrite),
            (map::BOOT_PARAMETERS, Protection::ReadOnly),
            (image.text, Protection::ReadExecute),
            (image.rodata, Protection::ReadOnly),
            ((image.data.0, hole), Protection::ReadWrite),
            ((behind, end), Protection::ReadWrite),
            (initrd.unwrap_or_default(), Protection::ReadOnly),
            (tables, Protection::ReadOnly),
        ])
    }

    /// All of them, in their order.
    pub fn ranges(&self) -> &[Part] {
        &self.0
    }
}

static IDENTITY: Once<Identity> = Once::new();

/// Keeps them. Once, at boot.
pub fn install(identity: Identity) {
    IDENTITY.call_once(|| identity);
}

/// The ranges, as boot has mapped them.
pub fn ranges() -> &'static [Part] {
    IDENTITY.get().map_or(&[], Identity::ranges)
}
