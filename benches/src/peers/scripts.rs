//! The peers that are programs of their own: `benches/peers/`, each called as `<kind> <n> <width>`.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::kind::{Kind, Kind::*, Load};

pub(crate) struct Script {
    program: &'static str,
    file: &'static str,
    /// Arguments that print a version, or fail where the peer is not installed.
    probe: &'static [&'static str],
    pub(crate) answers: &'static [Kind],
}

pub(crate) const ASYNCIO: Script = Script {
    program: "python3",
    file: "asyncio_peer.py",
    probe: &["-c", "import sys; print('Python', sys.version.split()[0])"],
    answers: &[
        Switch,
        Spawn,
        SpawnYield,
        ChainLeaf,
        ChainYield,
        ParkedNever,
        ParkedJoined,
        ParkedSleeping,
        ParkedEvent,
        Channel,
        ChannelBounded,
        Lock,
        Timers,
        Timeouts,
        TimeoutReady,
        Cancel,
        Lines,
        Stream,
        StreamYield,
        Idle,
    ],
};

pub(crate) const TRIO: Script = Script {
    program: "python3",
    file: "trio_peer.py",
    probe: &["-c", "import trio; print('trio', trio.__version__)"],
    answers: &[
        Switch,
        Spawn,
        SpawnYield,
        ParkedNever,
        ParkedSleeping,
        Timers,
        Idle,
    ],
};

pub(crate) const BARE: Script = Script {
    program: "python3",
    file: "bare.py",
    probe: &["-c", "import sys; print('Python', sys.version.split()[0])"],
    answers: &[
        Switch,
        Spawn,
        SpawnYield,
        ChainLeaf,
        ChainYield,
        ParkedNever,
        Timers,
        Lines,
        Generator,
    ],
};

pub(crate) const NODE: Script = Script {
    program: "node",
    file: "node.js",
    probe: &["--version"],
    answers: &[
        Switch,
        Spawn,
        SpawnYield,
        ChainLeaf,
        ChainYield,
        ParkedNever,
        ParkedJoined,
        ParkedSleeping,
        Channel,
        Timers,
        Lines,
        Generator,
        Idle,
    ],
};

impl Script {
    pub(crate) fn command(&self, kind: Kind, load: Load) -> Command {
        let file: PathBuf = [env!("CARGO_MANIFEST_DIR"), "peers", self.file]
            .iter()
            .collect();
        let mut command = Command::new(self.program);
        command
            .arg(file)
            .arg(kind.name())
            .arg(load.n.to_string())
            .arg(load.width.to_string())
            .env("PYTHONDONTWRITEBYTECODE", "1");
        command
    }

    /// Its version, or why there is none.
    pub(crate) fn version(&self) -> Result<String, String> {
        let probe = Command::new(self.program)
            .args(self.probe)
            .stdin(Stdio::null())
            .output();
        let output = probe.map_err(|error| format!("{}: {error}", self.program))?;
        let text = if output.status.success() {
            output.stdout
        } else {
            output.stderr
        };
        let last = String::from_utf8_lossy(&text)
            .lines()
            .last()
            .unwrap_or("no answer")
            .trim()
            .to_owned();
        if output.status.success() {
            Ok(last)
        } else {
            Err(last)
        }
    }
}
