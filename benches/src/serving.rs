//! What servers that are measured have in common.

use rustix::process::{Signal, set_parent_process_death_signal};

use crate::clock::Sample;

/// Where each server listens.
pub(crate) const ANY_PORT: &str = "127.0.0.1:0";

/// What a server reads into.
pub(crate) const BUFFER: usize = 4096;

/// The unit in which a server says its port.
pub(crate) const PORT: &str = "port";

/// Said by a server that listens. It serves until it is killed, at the latest when its parent ends.
pub(crate) fn announce(port: u16) {
    set_parent_process_death_signal(Some(Signal::KILL)).expect("Linux");
    eprint!("{}", Sample::default().with(PORT, port.into()).to_lines());
}

/// What every server answers.
pub(crate) const BODY: &str = "Hello, world!\n";
pub(crate) const CONTENT_TYPE: &str = "text/plain; charset=utf-8";
