//! The smallest module: it says hello when it comes and goodbye when it goes.
#![no_std]
#![forbid(unsafe_code)]

use module_api::{module, print};

module! {
    description: "Says hello and goodbye",
    license: "MIT",
    init: init,
    exit: exit,
}

fn init() -> Result<(), i32> {
    print!("hello from {:#x}", init as *const () as usize);
    Ok(())
}

fn exit() {
    print!("goodbye");
}
