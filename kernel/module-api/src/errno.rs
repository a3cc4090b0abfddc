//! Error numbers that an init returns, negated, as Linux numbers them.

/// No such file.
pub const ENOENT: i32 = 2;
/// Interrupted, before it began.
pub const EINTR: i32 = 4;
/// I/O error.
pub const EIO: i32 = 5;
/// No such device or address.
pub const ENXIO: i32 = 6;
/// Later, perhaps.
pub const EAGAIN: i32 = 11;
/// Out of memory.
pub const ENOMEM: i32 = 12;
/// Bad address.
pub const EFAULT: i32 = 14;
/// In use, or in the making.
pub const EBUSY: i32 = 16;
/// No such device, or CPU not online.
pub const ENODEV: i32 = 19;
/// Invalid argument.
pub const EINVAL: i32 = 22;
/// No room.
pub const ENOSPC: i32 = 28;
/// Not offered.
pub const ENOSYS: i32 = 38;
