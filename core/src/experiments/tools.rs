//! What this machine has for scorers that users wrote themselves: the interpreter of scripts, and the programs that may be
//! run.

use crate::metrics::custom::Source;
use crate::metrics::scripts::{Limits, Program, Script};
use crate::support::Variables;
use atelier_types::settings::Runner;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

/// What of this machine's environment a program gets. Keys of providers are not in it.
const VARIABLES: [&str; 6] = ["PATH", "HOME", "LANG", "TMPDIR", "SystemRoot", "TEMP"];

/// Reads the runners that are named in this machine's settings.
pub type ReadRunners = Arc<dyn Fn() -> BTreeMap<String, Runner> + Send + Sync>;

pub struct Tools {
    /// The interpreter as a WebAssembly module.
    interpreter: PathBuf,
    compiled: OnceLock<Result<Arc<Program>, String>>,
    runners: ReadRunners,
    variables: Variables,
}

/// A scorer of a user's own, ready to be used.
#[derive(Clone)]
pub(super) enum Tool {
    Script(Script),
    Command {
        runner: Runner,
        /// All of the environment that the program gets.
        environment: Vec<(String, String)>,
    },
}

impl Tools {
    pub fn new(interpreter: PathBuf, runners: ReadRunners, variables: Variables) -> Self {
        Self { interpreter, compiled: OnceLock::new(), runners, variables }
    }

    /// `content` is the script's file. Compiles it; the error is a sentence of what is wrong with it.
    pub(super) fn script(&self, file: &str, content: &[u8]) -> Result<Script, String> {
        let named = |reason: String| format!("`{file}`: {reason}");
        let script = if file.ends_with(".wasm") {
            Script::new(Arc::new(Program::new(content).map_err(named)?), None)
        } else {
            let source = str::from_utf8(content).map_err(|_| named("The file is not UTF-8".to_owned()))?;
            Script::new(self.interpreter()?, Some(source.to_owned()))
        };
        script.check().map_err(named)?;
        Ok(script)
    }

    /// `contents` are the files of scripts.
    pub(super) fn tool(&self, source: &Source, contents: &BTreeMap<String, Vec<u8>>) -> Result<Tool, String> {
        match source {
            Source::Script { file } => {
                let content = contents.get(file).ok_or_else(|| format!("The run has no file `{file}`"))?;
                self.script(file, content).map(Tool::Script)
            }
            Source::Command { runner } => {
                let variable = |name: &&str| Some(((*name).to_owned(), (self.variables)(name)?));
                let environment = VARIABLES.iter().filter_map(variable).collect();
                Ok(Tool::Command { runner: self.runner(runner)?, environment })
            }
        }
    }

    pub(super) fn runner(&self, name: &str) -> Result<Runner, String> {
        (self.runners)().remove(name).filter(|runner| !runner.command.is_empty()).ok_or_else(|| {
            format!("This machine has no runner `{name}`; write `[runners.{name}]` with a `command` into settings.toml")
        })
    }

    fn interpreter(&self) -> Result<Arc<Program>, String> {
        let compile = || {
            let module = std::fs::read(&self.interpreter).map_err(|err| {
                format!("The interpreter of scripts is missing at {}: {err}", self.interpreter.display())
            })?;
            Program::with_limits(&module, Limits::of_interpreter()).map(Arc::new)
        };
        self.compiled.get_or_init(compile).clone()
    }
}
