//! A copy of what goes out, for a self-test that looks at it.

/// Up to `N` bytes of output, kept while it is on; what is more is left out.
pub struct Recording<const N: usize> {
    is_on: bool,
    bytes: heapless::Vec<u8, N>,
}

impl<const N: usize> Recording<N> {
    /// One that is off.
    pub const fn off() -> Self {
        Self {
            is_on: false,
            bytes: heapless::Vec::new(),
        }
    }

    /// Turns it on, empty.
    pub fn start(&mut self) {
        self.is_on = true;
        self.bytes.clear();
    }

    /// Turns it off, and copies what it has to the start of `into`; returns how many
    /// bytes that is.
    pub fn stop(&mut self, into: &mut [u8; N]) -> usize {
        self.is_on = false;
        into[..self.bytes.len()].copy_from_slice(&self.bytes);
        self.bytes.len()
    }

    /// Whether bytes are kept.
    pub fn is_on(&self) -> bool {
        self.is_on
    }

    /// Keeps bytes, as far as there is room, if it is on.
    pub fn put(&mut self, bytes: &[u8]) {
        if self.is_on {
            let room = self.bytes.capacity() - self.bytes.len();
            // There is as much room.
            let _ = self
                .bytes
                .extend_from_slice(&bytes[..bytes.len().min(room)]);
        }
    }
}
