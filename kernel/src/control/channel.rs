//! The line-mode console as the channel's way out: open or not, the run's token, the lock.

use super::record::Record;
use crate::command_line::RunToken;
use crate::sync::{OutputLock, rank};
use arch::sclp::line_mode::LineMode;
use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use spin::Once;

static CHANNEL: OutputLock<LineMode, { rank::CONTROL }> = OutputLock::new(LineMode::new());

/// Whether the machine has the console; records are not even put together without it.
static OPEN: AtomicBool = AtomicBool::new(false);

/// Lines that the service processor refused.
static LOST: AtomicU64 = AtomicU64::new(0);

/// The run's token, if its starter chose one.
static TOKEN: Once<RunToken> = Once::new();

/// Opens the channel. Once, at boot, with the token of the command line.
pub fn init(token: Option<RunToken>) {
    if let Some(token) = token {
        TOKEN.call_once(|| token);
    }
    // An error is a service processor without event facility: there is no channel.
    let open = CHANNEL.lock().open().unwrap_or(false);
    OPEN.store(open, Ordering::Relaxed);
}

/// Writes `event` and what `fill` adds to it. Any context, with no lock held. Not inlined:
/// a record takes a page of the stack.
#[inline(never)]
pub fn write(event: &'static str, fill: impl FnOnce(&mut Record)) {
    if !OPEN.load(Ordering::Relaxed) {
        return;
    }
    let mut record = Record::new(event);
    add_token(&mut record);
    fill(&mut record);
    send(&mut record);
}

/// Adds the run's token: a record's second member.
#[inline(always)]
pub fn add_token(record: &mut Record) {
    if let Some(token) = TOKEN.get() {
        record.word("token", token.text());
    }
}

/// Ends a record, and writes it.
#[inline(always)]
pub fn send(record: &mut Record) {
    let line = record.end();
    if CHANNEL.lock().write(line).is_err() {
        LOST.fetch_add(1, Ordering::Relaxed);
    }
}

/// Lines that didn't go out.
pub fn lost() -> u64 {
    LOST.load(Ordering::Relaxed)
}

/// Takes the channel from whoever holds it, for a panic's report.
///
/// # Safety
/// C20: only this CPU runs from here on.
pub unsafe fn take_over() {
    // SAFETY: C20: the caller's promise.
    unsafe { CHANNEL.take_over() };
}
