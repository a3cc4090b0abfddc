//! A random change of bytes that changes them.

use fastrand::Rng;

/// What `change` makes of these bytes, and says of it; again as long as that is nothing.
pub fn until_changed(
    good: &[u8],
    random: &mut Rng,
    change: impl Fn(&[u8], &mut Rng) -> (Vec<u8>, String),
) -> (Vec<u8>, String) {
    loop {
        let changed = change(good, random);
        if changed.0 != good {
            return changed;
        }
    }
}
