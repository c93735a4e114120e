//! `script` and `command`: scorers that users wrote themselves.
//!
//! - `script` runs a file of the workspace where it can compute and nothing else. Setting `file`: a path in the workspace that
//!   ends in `.rhai` (a script with a function `score(output, expected, row)`) or in `.wasm` (a module as `scripts` describes
//!   it). A run keeps the file that it was started with.
//! - `command` runs a program of this machine, as for the tests of generated code. Setting `runner`: the name of one that
//!   whoever sits at this machine wrote into `settings.toml` as `[runners.NAME]`; a workspace can name a runner and never
//!   bring one, so nobody runs a program by opening a folder. It reads one JSON object from standard input, `{"output", "expected",
//!   "row"}`, and writes its answer to standard output.
//! - Both answer with a number, `true` (1) or `false` (0), or `{"score": …, "reason": …}`; a score of null leaves the output
//!   unscored for that reason. A command that ran tests may answer `{"passed": 3, "total": 4}` instead: a pass rate of 0.75.
//! - Settings of both: `expected`, the column that is handed over where a row has it; `unit`, `number` (default), `share` or
//!   `points`; `lower_is_better` (default false).

use super::scorers::DEFAULT_EXPECTED_COLUMN;
use super::scorers::options::Options;
use atelier_types::JsonMap;
use atelier_types::experiment::ScorerInfo;
use atelier_types::score::{Direction, ScorerSpec, Unit};
use serde_json::Value;

const NAMES: [&str; 2] = ["script", "command"];
const SCRIPT_ENDINGS: [&str; 2] = [".rhai", ".wasm"];

/// A scorer of a user's own, with its settings.
pub struct CustomScorer {
    info: ScorerInfo,
    column: String,
    is_column_named: bool,
    source: Source,
}

/// What scores.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Path of the file in the workspace.
    Script { file: String },
    /// Name of the runner on this machine.
    Command { runner: String },
}

impl CustomScorer {
    /// Names as they stand in experiment files.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMES.into_iter()
    }

    /// Checks the settings. The error is a sentence that names the setting.
    pub fn new(spec: &ScorerSpec) -> Result<Self, String> {
        let name = spec.scorer.as_str();
        let mut options = Options::new(&spec.options);
        let source = match name {
            "script" => Source::Script { file: script_file(&mut options)? },
            "command" => {
                let runner = options.text("runner")?.filter(|runner| !runner.is_empty());
                Source::Command { runner: runner.ok_or("`runner` must name a runner of this machine")?.to_owned() }
            }
            _ => return Err(format!("There is no scorer `{name}` of one's own; there are {}", NAMES.join(", "))),
        };
        let unit = match options.choice("unit", &["number", "share", "points"])? {
            "share" => Unit::Share,
            "points" => Unit::Points,
            _ => Unit::Number,
        };
        let is_lower_better = options.flag("lower_is_better", false)?;
        options.refuse_unknown(name)?;
        let direction = if is_lower_better { Direction::LowerIsBetter } else { Direction::HigherIsBetter };
        Ok(Self {
            info: ScorerInfo { name: spec.result_name().clone(), unit, direction, is_check: false },
            column: spec.expected.clone().unwrap_or_else(|| DEFAULT_EXPECTED_COLUMN.to_owned()),
            is_column_named: spec.expected.is_some(),
            source,
        })
    }

    pub fn info(&self) -> &ScorerInfo {
        &self.info
    }

    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The dataset column that must be there, where the settings name one.
    pub fn expected_column(&self) -> Option<&str> {
        self.is_column_named.then_some(self.column.as_str())
    }

    /// What a row expects, where it says so.
    pub fn expected<'a>(&self, row: &'a JsonMap) -> Option<&'a Value> {
        row.get(&self.column)
    }
}

fn script_file(options: &mut Options<'_>) -> Result<String, String> {
    let file = options.text("file")?.ok_or("`file` must be the path of a script in the workspace")?;
    match SCRIPT_ENDINGS.iter().any(|ending| file.ends_with(ending)) {
        true => Ok(file.to_owned()),
        false => Err(format!("`file` must end in {}, and is `{file}`", SCRIPT_ENDINGS.join(" or "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn custom(spec: Value) -> Result<CustomScorer, String> {
        CustomScorer::new(&serde_json::from_value(spec).unwrap())
    }

    #[test]
    fn settings_name_a_script_or_a_runner() {
        let script = custom(json!({"scorer": "script", "file": "scorers/a.rhai", "unit": "share"})).unwrap();
        assert_eq!(script.source(), &Source::Script { file: "scorers/a.rhai".to_owned() });
        assert_eq!((script.info().unit, script.expected_column()), (Unit::Share, None));
        let command = json!({"scorer": "command", "runner": "tests", "expected": "tests", "lower_is_better": true});
        let command = custom(command).unwrap();
        assert_eq!(command.source(), &Source::Command { runner: "tests".to_owned() });
        assert_eq!((command.info().direction, command.expected_column()), (Direction::LowerIsBetter, Some("tests")));
    }

    #[test]
    fn settings_that_cannot_be_used_are_refused_by_name() {
        for (spec, reason) in [
            (json!({"scorer": "script"}), "`file` must be"),
            (json!({"scorer": "script", "file": "scorers/a.py"}), "must end in .rhai or .wasm"),
            (json!({"scorer": "script", "file": "a.rhai", "runner": "x"}), "no setting `runner`"),
            (json!({"scorer": "command", "runner": ""}), "`runner` must name"),
            (json!({"scorer": "command", "runner": "x", "unit": "usd"}), "`unit` must be one of"),
        ] {
            let found = custom(spec).err().unwrap();
            assert!(found.contains(reason), "{found}");
        }
    }
}
