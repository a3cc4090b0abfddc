//! Error numbers that an init returns, negated, as Linux numbers them.

/// No such file.
pub const ENOENT: i32 = 2;
/// I/O error.
pub const EIO: i32 = 5;
/// Out of memory.
pub const ENOMEM: i32 = 12;
/// In use, or in the making.
pub const EBUSY: i32 = 16;
/// No such device, or CPU not online.
pub const ENODEV: i32 = 19;
/// Invalid argument.
pub const EINVAL: i32 = 22;
