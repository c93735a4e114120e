//! `experiments/<name>.toml`: read strictly, with file, line and column; written so that what did not change stays as a
//! person wrote it, comments and order included.

use super::error::line_and_column;
use super::{Result, Workspace, WorkspaceError, check_name};
use atelier_types::error::Location;
use atelier_types::experiment::ExperimentSpec;
use atelier_types::ids::ExperimentName;
use std::ops::Range;
use toml_edit::{DocumentMut, Item, Table};

const EXPERIMENTS: &str = "experiments";
const ENDING: &str = ".toml";

impl Workspace {
    pub fn experiments(&self) -> Result<Vec<ExperimentName>> {
        let names = self.list_names(EXPERIMENTS, ENDING)?;
        Ok(names.into_iter().map(ExperimentName).collect())
    }

    pub fn experiment(&self, name: &ExperimentName) -> Result<ExperimentSpec> {
        let file = path_of(name)?;
        parse(&file, &self.read_experiment(name, &file)?)
    }

    /// Writes the file, keeping the parts of it that say the same already.
    pub fn save_experiment(&self, name: &ExperimentName, spec: &ExperimentSpec) -> Result<()> {
        let file = path_of(name)?;
        let fresh = toml::to_string(spec).map_err(|err| bad(&file, err.to_string(), None))?;
        let text = match self.read_experiment(name, &file) {
            Ok(old) => merged(&old, &fresh).unwrap_or(fresh),
            Err(WorkspaceError::NoExperiment { .. }) => fresh,
            Err(err) => return Err(err),
        };
        // A file that could not be read again is never written.
        parse(&file, &text)?;
        self.write_atomic(&file, text.as_bytes())
    }

    pub fn delete_experiment(&self, name: &ExperimentName) -> Result<()> {
        let file = path_of(name)?;
        self.remove(&file).map_err(|err| missing(err, name))
    }

    /// Where a part of an experiment stands in its file, by its dotted path (`scorers.1.scorer`); the nearest part
    /// around it where it is not written.
    pub fn place_in_experiment(&self, name: &ExperimentName, part: &str) -> Option<Location> {
        let file = path_of(name).ok()?;
        let text = self.read(&file).ok()?;
        let place = span_of(&text, part).map(|span| line_and_column(&text, span.start));
        Some(Location { file, line: place.map(|(line, _)| line), column: place.map(|(_, column)| column) })
    }

    fn read_experiment(&self, name: &ExperimentName, file: &str) -> Result<String> {
        self.read(file).map_err(|err| missing(err, name))
    }
}

fn path_of(name: &ExperimentName) -> Result<String> {
    check_name(name.as_str())?;
    Ok(format!("{EXPERIMENTS}/{name}{ENDING}"))
}

fn missing(err: WorkspaceError, name: &ExperimentName) -> WorkspaceError {
    match err {
        WorkspaceError::NoFile { .. } => WorkspaceError::NoExperiment { name: name.to_string() },
        err => err,
    }
}

fn parse(file: &str, text: &str) -> Result<ExperimentSpec> {
    toml::from_str(text).map_err(|err: toml::de::Error| {
        let place = err.span().map(|span| line_and_column(text, span.start));
        bad(file, err.message().trim().to_owned(), place)
    })
}

fn bad(file: &str, reason: String, place: Option<(u32, u32)>) -> WorkspaceError {
    WorkspaceError::BadExperiment {
        file: file.to_owned(),
        reason: reason.lines().collect::<Vec<_>>().join("; "),
        line: place.map(|(line, _)| line),
        column: place.map(|(_, column)| column),
    }
}

fn span_of(text: &str, part: &str) -> Option<Range<usize>> {
    let document = toml_edit::Document::parse(text).ok()?;
    let mut item = document.as_item();
    let mut span = None;
    for step in part.split('.') {
        let next = match step.parse::<usize>() {
            Ok(index) => item.get(index),
            Err(_) => item.get(step),
        };
        let Some(next) = next else { break };
        item = next;
        span = item.span().or(span);
    }
    span
}

/// `old` with the top-level keys of `fresh` where they say something else; `None` where `old` is no TOML.
fn merged(old: &str, fresh: &str) -> Option<String> {
    let (old_values, fresh_values): (toml::Table, toml::Table) =
        (toml::from_str(old).ok()?, toml::from_str(fresh).ok()?);
    // What the old text says with its defaults spelled out, so that a default which nobody wrote stays unwritten.
    let old_spec = toml::from_str::<ExperimentSpec>(old).ok();
    let said = old_spec.and_then(|spec| toml::Table::try_from(spec).ok()).unwrap_or_else(|| old_values.clone());
    let (mut document, mut fresh): (DocumentMut, DocumentMut) = (old.parse().ok()?, fresh.parse().ok()?);
    let gone: Vec<String> = old_values.keys().filter(|key| !fresh_values.contains_key(*key)).cloned().collect();
    for key in gone {
        document.remove(&key);
    }
    for (key, value) in &fresh_values {
        if said.get(key) == Some(value) {
            continue;
        }
        let mut item = fresh.remove(key)?;
        follow_neighbours(&mut item);
        document.insert(key, item);
    }
    Some(document.to_string())
}

/// Forgets where a table stood in its own document, so that it is written where its key is.
fn follow_neighbours(item: &mut Item) {
    match item {
        Item::Table(table) => forget_place(table),
        Item::ArrayOfTables(tables) => tables.iter_mut().for_each(forget_place),
        Item::Value(_) | Item::None => {}
    }
}

fn forget_place(table: &mut Table) {
    table.set_position(None);
    for (_, item) in table.iter_mut() {
        follow_neighbours(item);
    }
}

#[cfg(test)]
mod tests {
    use crate::testing;
    use crate::workspace::WorkspaceError;
    use atelier_types::experiment::ExperimentSpec;
    use atelier_types::provider::Params;
    use serde_json::json;

    const TEXT: &str = r#"# Which wording is better?
description = "Two wordings"
dataset = "rows" # the small one
models = ["demo"]
margin = 0.05

# The old one first.
[[prompts]]
prompt = "a"

[[prompts]]
prompt = "b"
at = "production"

[[scorers]]
scorer = "exact_match"

[[scorers]]
scorer = "json_schema"
min_mean = 0.9
schema = { type = "object" }
"#;

    fn spec() -> ExperimentSpec {
        toml::from_str(TEXT).unwrap()
    }

    #[test]
    fn what_is_saved_is_read_again() {
        let (_folder, workspace) = testing::workspace();
        let mut spec = spec();
        spec.inputs.insert("tone".to_owned(), json!({"kind": "calm", "level": 3}));
        spec.params = vec![Params { temperature: Some(0.5), ..Params::default() }, Params::default()];
        workspace.save_experiment(&"sub/new".into(), &spec).unwrap();
        assert_eq!(workspace.experiment(&"sub/new".into()).unwrap(), spec);
        assert!(workspace.experiments().unwrap().contains(&"sub/new".into()));
    }

    #[test]
    fn saving_keeps_comments_and_order_of_what_did_not_change() {
        let (_folder, workspace) = testing::workspace();
        workspace.write_atomic("experiments/e.toml", TEXT.as_bytes()).unwrap();
        let mut spec = spec();
        workspace.save_experiment(&"e".into(), &spec).unwrap();
        assert_eq!(workspace.read("experiments/e.toml").unwrap(), TEXT);
        spec.margin = None;
        spec.repeats = 3;
        spec.scorers.truncate(1);
        workspace.save_experiment(&"e".into(), &spec).unwrap();
        let text = workspace.read("experiments/e.toml").unwrap();
        let expected = TEXT.replace("margin = 0.05\n", "repeats = 3\n");
        let (kept, _) = expected.split_once("\n[[scorers]]\nscorer = \"json_schema\"").unwrap();
        assert_eq!(text, kept);
        assert_eq!(workspace.experiment(&"e".into()).unwrap(), spec);
    }

    #[test]
    fn faults_have_their_place() {
        let (_folder, workspace) = testing::workspace();
        let fault = |text: &str| {
            workspace.write_atomic("experiments/e.toml", text.as_bytes()).unwrap();
            match workspace.experiment(&"e".into()) {
                Err(WorkspaceError::BadExperiment { line, column, .. }) => (line, column),
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(fault("dataset = \"rows\"\nmodels = [\n"), (Some(2), Some(11)));
        assert_eq!(fault("dataset = \"rows\"\nmodels = []\nprompts = []\nseeds = 3\n"), (Some(4), Some(1)));
        assert_eq!(fault("models = []\nprompts = []\ndataset = 3\n"), (Some(3), Some(11)));
    }

    #[test]
    fn parts_are_found_by_their_path() {
        let (_folder, workspace) = testing::workspace();
        workspace.write_atomic("experiments/e.toml", TEXT.as_bytes()).unwrap();
        let place = |part: &str| {
            let location = workspace.place_in_experiment(&"e".into(), part).unwrap();
            (location.line, location.column)
        };
        assert_eq!(place("dataset"), (Some(3), Some(11)));
        assert_eq!(place("models.0"), (Some(4), Some(11)));
        assert_eq!(place("prompts.1.at"), (Some(13), Some(6)));
        assert_eq!(place("scorers.1.expected"), (Some(18), Some(1)));
        assert_eq!(place("repeats"), (None, None));
    }

    #[test]
    fn missing_experiment_and_bad_name_are_told_apart() {
        let (_folder, workspace) = testing::workspace();
        assert!(matches!(workspace.experiment(&"none".into()), Err(WorkspaceError::NoExperiment { .. })));
        assert!(matches!(workspace.delete_experiment(&"none".into()), Err(WorkspaceError::NoExperiment { .. })));
        assert!(matches!(workspace.save_experiment(&"../x".into(), &spec()), Err(WorkspaceError::BadName { .. })));
    }
}
