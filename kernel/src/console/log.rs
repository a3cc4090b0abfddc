//! The log's last lines, kept for who asks later.
//!
//! ```text
//!   position   0 ........ written - SIZE ............... written
//!                gone     │ kept, at position % SIZE    │
//! ```

use crate::sync::{Lock, rank};

/// Bytes that are kept.
const SIZE: usize = 16 * 1024;

struct Log {
    bytes: [u8; SIZE],
    /// Bytes ever written.
    written: u64,
}

static LOG: Lock<Log, { rank::CONSOLE }> = Lock::new(Log {
    bytes: [0; SIZE],
    written: 0,
});

/// Keeps a line, with its end.
pub fn keep(line: &[u8]) {
    let mut log = LOG.lock();
    for &byte in line {
        let at = (log.written % SIZE as u64) as usize;
        log.bytes[at] = byte;
        log.written += 1;
    }
}

/// Copies the line that is at a position, or the first after it that is kept whole, without
/// its end; returns its bytes and the next line's position. `None` if there is none.
pub fn logged(position: u64, line: &mut [u8]) -> Option<(usize, u64)> {
    let log = LOG.lock();
    let oldest = log.written.saturating_sub(SIZE as u64);
    let byte = |position: u64| log.bytes[(position % SIZE as u64) as usize];
    let mut from = position;
    if position < oldest {
        // The first line that is left may have lost its start.
        let mut ends = oldest..log.written;
        from = ends.find(|&at| byte(at) == b'\n')? + 1;
    }
    let end = (from..log.written).find(|&at| byte(at) == b'\n')?;
    let mut length = 0;
    for (to, at) in line.iter_mut().zip(from..end) {
        *to = byte(at);
        length += 1;
    }
    Some((length, end + 1))
}
