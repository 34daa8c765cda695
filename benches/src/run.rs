//! A whole run: each question is put to each peer, interleaved, and the results are printed.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Instant;
use std::{fs, io};

use crate::args::Args;
use crate::peers::{OURS, PEERS, Peer};
use crate::pin::Cores;
use crate::plan::Case;
use crate::stats::Rows;
use crate::{growth, instructions, json, measure, network, plan, plot, table};

pub(crate) struct Run {
    args: Args,
    cores: Option<Cores>,
    rows: Rows,
    /// The peers that are not installed, and how that was found.
    missing: BTreeMap<&'static str, String>,
    /// The peers that gave no answer, with the question and the reason.
    unanswered: BTreeMap<(&'static str, String), String>,
}

impl Run {
    pub(crate) fn new(args: Args) -> Run {
        Run {
            cores: Cores::divide(),
            args,
            rows: Rows::default(),
            missing: BTreeMap::new(),
            unanswered: BTreeMap::new(),
        }
    }

    /// Runs everything that was asked for; whether all of ours worked.
    pub(crate) fn whole(mut self) -> io::Result<bool> {
        self.probe_scripts();
        for workload in self.args.workloads.clone() {
            let begun = Instant::now();
            self.workload(workload)?;
            println!("({workload} took {:.1} s)\n", begun.elapsed().as_secs_f64());
        }
        if let Some(file) = &self.args.json {
            fs::write(file, json::list(&self.rows))?;
        }
        self.say_who_is_missing();
        Ok(self.unanswered.keys().all(|(peer, _)| *peer != OURS))
    }

    /// A program that is not installed is missing once, not once per question.
    fn probe_scripts(&mut self) {
        for peer in PEERS.iter().filter(|peer| self.args.selects(peer)) {
            if let crate::peers::How::Script(script) = peer.how
                && let Err(reason) = script.version()
            {
                self.missing.insert(peer.name, reason);
            }
        }
    }

    fn workload(&mut self, workload: &'static str) -> io::Result<()> {
        let hindrance = match workload {
            "instructions" => instructions::hindrance(),
            "http" => network::hindrance_to_http(),
            _ => None,
        };
        if let Some(reason) = hindrance {
            println!("{workload}: not measured ({reason})");
            return Ok(());
        }
        let cases = plan::cases(workload, self.args.short);
        for turn in 0..self.turns(workload) {
            eprintln!("{workload}: turn {}", turn + 1);
            for case in &cases {
                self.ask_everybody(case);
            }
        }
        if workload == "growth" {
            self.show_growth()
        } else {
            self.show(&cases);
            Ok(())
        }
    }

    /// Callgrind counts are the same every time.
    fn turns(&self, workload: &str) -> usize {
        if self.args.short || workload == "instructions" {
            1
        } else {
            self.args.runs
        }
    }

    fn ask_everybody(&mut self, case: &Case) {
        for peer in PEERS {
            let silent = self.missing.contains_key(peer.name)
                || self.unanswered.contains_key(&question(peer, case));
            if self.args.selects(peer) && takes_part(peer, case) && !silent {
                self.ask(case, peer);
            }
        }
    }

    fn ask(&mut self, case: &Case, peer: &'static Peer) {
        let Some(load) = case.load_for(peer) else {
            return;
        };
        let answer = match case.workload {
            "instructions" => instructions::per_op(peer, case.kind, load),
            _ => measure::measure(peer, case.kind, load, self.cores.as_ref()),
        };
        match answer {
            Ok(sample) => self.rows.add(case, peer.name, &sample),
            Err(reason) => {
                let (peer, question) = question(peer, case);
                eprintln!("{peer}: {question}: {reason}");
                self.unanswered.insert((peer, question), reason);
            }
        }
    }

    fn say_who_is_missing(&self) {
        for (peer, reason) in &self.missing {
            println!("missing: {peer}: {reason}");
        }
        for ((peer, question), reason) in &self.unanswered {
            println!("no answer: {peer}: {question}: {reason}");
        }
    }

    fn show(&self, cases: &[Case]) {
        for case in cases {
            println!(
                "{}",
                table::question(&self.rows, case.workload, &case.variant)
            );
        }
    }

    fn show_growth(&self) -> io::Result<()> {
        let panels = growth::panels(&self.rows, self.args.short);
        for panel in &panels {
            println!("{}", panel.table());
        }
        let file = self
            .args
            .plot
            .clone()
            .map_or_else(beside_this_program, Ok)?;
        fs::write(&file, plot::svg(&panels))?;
        println!("plot: {}", file.display());
        Ok(())
    }
}

fn question(peer: &Peer, case: &Case) -> (&'static str, String) {
    (peer.name, format!("{}, {}", case.workload, case.variant))
}

fn takes_part(peer: &Peer, case: &Case) -> bool {
    let invited = match case.workload {
        "growth" => peer.grows,
        "instructions" => instructions::counts(peer),
        _ => true,
    };
    invited && peer.answers(case.kind)
}

fn beside_this_program() -> io::Result<PathBuf> {
    Ok(std::env::current_exe()?.with_file_name("growth.svg"))
}
