//! An address of a module by section and offset, and what lies there by name. Finding the
//! section takes as many steps as the module has sections; the name, as many as it has symbols,
//! in the file alone: whoever holds a lock for the first needn't for the second.

use crate::object::Object;
use crate::section::SymbolEntry;
use object::elf::STT_FUNC;

/// A byte of a module's section.
#[derive(Clone, Copy, Debug)]
pub struct Within<'data> {
    pub(crate) object: Object<'data>,
    pub(crate) section: usize,
    pub(crate) offset: u64,
}

impl<'data> Within<'data> {
    /// The function that the byte belongs to, and bytes from its start.
    pub fn function(&self) -> Option<(SymbolEntry<'data>, u64)> {
        self.symbol(|symbol| symbol.kind == STT_FUNC)
    }

    /// The variable, with a size, that the byte belongs to, and bytes from its start.
    pub fn variable(&self) -> Option<(SymbolEntry<'data>, u64)> {
        self.symbol(|symbol| symbol.size != 0)
    }

    fn symbol(
        &self,
        is_it: impl Fn(&SymbolEntry<'_>) -> bool,
    ) -> Option<(SymbolEntry<'data>, u64)> {
        let mut symbols = self.object.symbols_of(self.section);
        let symbol = symbols.find(|symbol| symbol.holds(self.offset) && is_it(symbol))?;
        Some((symbol, self.offset - symbol.value))
    }
}
