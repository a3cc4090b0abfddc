//! The smallest module: it says hello when it comes and goodbye when it goes.
#![no_std]

use module_api::{module, print};

module! {
    name: "hello",
    description: "Says hello and goodbye",
    license: "MIT",
    init: init,
    exit: exit,
}

fn init() -> Result<(), i32> {
    print!("hello: hello from {:#x}", init as *const () as usize);
    Ok(())
}

fn exit() {
    print!("hello: goodbye");
}
