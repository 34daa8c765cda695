//! A random program as Python's text.

use super::{Act, Acts};

pub(super) fn text(tasks: &[Acts]) -> String {
    let mut module = Module {
        text: include_str!("prelude.py").to_owned(),
        functions: 0,
        task: 0,
        tasks: tasks.len(),
    };
    for (task, acts) in tasks.iter().enumerate() {
        module.task = task;
        let name = module.function(acts);
        module.text += &format!("\nprograms.append({name})\n");
    }
    module.text
}

struct Module {
    text: String,
    functions: usize,
    /// The task whose program is being written.
    task: usize,
    tasks: usize,
}

impl Module {
    fn name(&mut self) -> String {
        self.functions += 1;
        format!("f{}", self.functions)
    }

    /// Writes what a task does, and gives the function's name.
    fn function(&mut self, acts: &Acts) -> String {
        let body = self.body(acts, "        ");
        let name = self.name();
        self.text += &format!(
            "\nasync def {name}():\n    deferred = []\n    try:\n{body}    finally:\n        await clean(deferred)\n"
        );
        name
    }

    /// Writes a function that runs within a task, which has a list of what is deferred.
    fn inner(&mut self, acts: &Acts) -> String {
        let body = self.body(acts, "    ");
        let name = self.name();
        self.text += &format!("\nasync def {name}(deferred):\n{body}");
        name
    }

    fn functions(&mut self, all: &[Acts]) -> String {
        let names: Vec<_> = all.iter().map(|acts| self.function(acts)).collect();
        names.join(", ")
    }

    fn body(&mut self, acts: &Acts, indent: &str) -> String {
        let mut body = format!("{indent}await sleep({})\n", acts.sleep);
        for (act, sleep) in &acts.then {
            for line in self.statements(act) {
                body += &format!("{indent}{line}\n");
            }
            body += &format!("{indent}await sleep({sleep})\n");
        }
        body
    }

    fn statements(&mut self, act: &Act) -> Vec<String> {
        let text = match act {
            Act::Event(n) => {
                format!("await events[{n}].wait()\nlog('event {n}')\nevents[{n}].clear()")
            }
            Act::Set(n) => format!("log('set {n}')\nevents[{n}].set()"),
            Act::Put(n, value) => format!("await queues[{n}].put({value})\nlog('put {n} {value}')"),
            Act::Get(n) => format!("value = await queues[{n}].get()\nlog('got {n}', value)"),
            Act::Condition(n) => format!(
                "async with conditions[{n}]:\n    await conditions[{n}].wait()\n    log('condition {n}')"
            ),
            Act::Notify(n, tasks) => format!(
                "async with conditions[{n}]:\n    log('notify {n}')\n    conditions[{n}].notify({tasks})"
            ),
            Act::Barrier(n) => format!("await barriers[{n}].wait()\nlog('barrier {n}')"),
            Act::Defer(time) => format!("deferred.append({time})"),
            Act::Fail => "log('fails')\nraise Failed".to_owned(),
            Act::Cancel(places) => match self.task + places {
                task if task < self.tasks => format!("await cancel({task})"),
                _ => return Vec::new(),
            },
            Act::Lock(n, acts) => self.with("lock", *n, acts),
            Act::Semaphore(n, acts) => self.with("semaphore", *n, acts),
            Act::Shield(acts) => format!("await shield({}(deferred))", self.inner(acts)),
            Act::Timeout(time, acts) => format!("await limit({time}, {})", self.function(acts)),
            Act::All(all) => format!("await together({})", self.functions(all)),
            Act::Race(all) => format!("await race({})", self.functions(all)),
        };
        text.lines().map(str::to_owned).collect()
    }

    fn with(&mut self, kind: &str, n: usize, acts: &Acts) -> String {
        let body = self.body(acts, "    ");
        format!("async with {kind}s[{n}]:\n    log('has {kind} {n}')\n{body}log('had {kind} {n}')")
    }
}
