//! The child process that answers one question.

use std::io;
use std::process::{Child, Command, Stdio};

use crate::kind::{Kind, Load};
use crate::peers::{How, Peer};
use crate::pin::{self, Cores};

/// The hidden subcommand by which this program starts itself.
pub(crate) const CHILD: &str = "child";

/// The program that answers `kind`.
pub(crate) fn command(peer: &Peer, kind: Kind, load: Load) -> io::Result<Command> {
    match peer.how {
        How::Script(script) => Ok(script.command(kind.asked(), load)),
        How::Inside(_) => {
            let mut command = Command::new(std::env::current_exe()?);
            command.args([
                CHILD,
                peer.name,
                kind.asked().name(),
                &load.n.to_string(),
                &load.width.to_string(),
            ]);
            Ok(command)
        }
    }
}

/// Starts it, on the measured cores.
pub(crate) fn start(
    peer: &Peer,
    kind: Kind,
    load: Load,
    cores: Option<&Cores>,
) -> Result<Child, String> {
    let answers = if kind.reads_lines() {
        Stdio::piped()
    } else {
        Stdio::null()
    };
    let mut command = command(peer, kind, load).map_err(|error| error.to_string())?;
    // Without lines to read there still is an input, on which nothing comes.
    command
        .stdin(Stdio::piped())
        .stdout(answers)
        .stderr(Stdio::piped());
    pin::on_measured(cores, || command.spawn()).map_err(|error| error.to_string())
}
