//! What the caller brings: where the arguments come from, and where the text goes.

/// How an address is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pointer {
    /// `%p`: a number that distinguishes addresses and gives none away.
    Hashed,
    /// `%px`: itself.
    Plain,
    /// `%pS`: symbol, offset, size and module.
    SymbolOffset,
    /// `%ps`: symbol and module.
    Symbol,
    /// `%pe`: the name of an error number in a pointer, or as `%p`.
    Error,
    /// What lies at the address.
    Memory(Memory),
    /// One of Linux's that isn't here, by its letter.
    Missing(u8),
}

/// What `%p` shows of the bytes at an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Memory {
    /// `%*ph`: as many bytes as the width says, 64 at most, with this between them.
    Bytes(Option<u8>),
    /// `%pU`: the 16 bytes of a UUID.
    Uuid {
        /// `b`: in their order, which is the usual one; `l`: the first three numbers by their
        /// ends.
        little: bool,
        /// `B`, `L`.
        capitals: bool,
    },
    /// `%pI4`, `%pi4`: an address of four bytes.
    Ip4 {
        /// `i`: with leading zeros.
        padded: bool,
        /// `l`: its first byte is the last.
        little: bool,
    },
    /// `%pI6`, `%pi6`: one of 16 bytes.
    Ip6 {
        /// `I`: with colons.
        colons: bool,
    },
    /// `%pM`, `%pm`: one of six bytes.
    Mac {
        /// What stands between them.
        between: Option<u8>,
        /// `R`: the last one first.
        reversed: bool,
    },
    /// `%*pb`: a map of as many bits as the width says.
    Bitmap,
    /// `%*pbl`: the same as ranges.
    Ranges,
    /// `%pa`: a number of 8 bytes.
    Address,
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
    /// Reads bytes at an address; `false` if they can't be read.
    fn bytes(&mut self, address: u64, into: &mut [u8]) -> bool;
    /// Hands over what `%pS` and its kin say of an address; `%p`, a hash's text.
    fn pointer(&mut self, pointer: Pointer, address: u64, take: &mut dyn FnMut(&[u8]));
}
