//! What the caller brings: where the arguments come from, and where the text goes.

/// How an address is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pointer {
    /// `%p`: a number that tells addresses apart and gives none away.
    Hashed,
    /// `%px`: itself.
    Plain,
    /// `%pS`: symbol, offset, size and module.
    SymbolOffset,
    /// `%ps`: symbol and module.
    Symbol,
}

/// Where the text goes.
pub trait Sink {
    /// Takes some bytes of it.
    fn put(&mut self, bytes: &[u8]);
}

/// Where the arguments come from.
pub trait Arguments {
    /// The next argument, in 64 bits as the ABI passes it.
    fn word(&mut self) -> u64;
    /// Hands over the bytes at an address up to a NUL, at most `limit`, in pieces.
    fn string(&mut self, address: u64, limit: usize, take: &mut dyn FnMut(&[u8]));
    /// Hands over what `%pS` and its kin say of an address; `%p`, a hash's text.
    fn pointer(&mut self, pointer: Pointer, address: u64, take: &mut dyn FnMut(&[u8]));
}
