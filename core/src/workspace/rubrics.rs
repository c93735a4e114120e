//! `rubrics/<name>.toml`: what reviewers are asked.

use super::error::line_and_column;
use super::{Result, Workspace, WorkspaceError, check_name};
use atelier_types::ids::RubricName;
use atelier_types::review::{Criterion, Rubric};

const RUBRICS: &str = "rubrics";
const ENDING: &str = ".toml";

impl Workspace {
    pub fn rubrics(&self) -> Result<Vec<RubricName>> {
        let names = self.list_names(RUBRICS, ENDING)?;
        Ok(names.into_iter().map(RubricName).collect())
    }

    pub fn rubric(&self, name: &RubricName) -> Result<Rubric> {
        let file = path_of(name)?;
        let text = self.read(&file).map_err(|err| match err {
            WorkspaceError::NoFile { .. } => WorkspaceError::NoRubric { name: name.to_string() },
            err => err,
        })?;
        let rubric: Rubric = toml::from_str(&text).map_err(|err: toml::de::Error| {
            let place = err.span().map(|span| line_and_column(&text, span.start));
            bad(&file, err.message().trim().replace('\n', "; "), place)
        })?;
        check(&file, &rubric)?;
        Ok(rubric)
    }

    pub fn save_rubric(&self, name: &RubricName, rubric: &Rubric) -> Result<()> {
        let file = path_of(name)?;
        check(&file, rubric)?;
        let text = toml::to_string_pretty(rubric).map_err(|err| bad(&file, err.to_string(), None))?;
        self.write_atomic(&file, text.as_bytes())
    }
}

fn path_of(name: &RubricName) -> Result<String> {
    check_name(name.as_str())?;
    Ok(format!("{RUBRICS}/{name}{ENDING}"))
}

/// Keys of criteria stand in every rating, so they must be told apart.
fn check(file: &str, rubric: &Rubric) -> Result<()> {
    if rubric.question.trim().is_empty() {
        return Err(bad(file, "`question` is empty".to_owned(), None));
    }
    for (index, criterion) in rubric.criteria.iter().enumerate() {
        if !is_key(&criterion.key) {
            let reason = format!("`{}` is no key: use lower-case letters, digits and underscores", criterion.key);
            return Err(bad(file, reason, None));
        }
        let is_taken = |other: &Criterion| other.key == criterion.key;
        if rubric.criteria[..index].iter().any(is_taken) {
            return Err(bad(file, format!("The key `{}` stands twice", criterion.key), None));
        }
    }
    Ok(())
}

fn is_key(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
}

fn bad(file: &str, reason: String, place: Option<(u32, u32)>) -> WorkspaceError {
    WorkspaceError::BadRubric {
        file: file.to_owned(),
        reason,
        line: place.map(|(line, _)| line),
        column: place.map(|(_, column)| column),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing;
    use crate::workspace::WorkspaceError;
    use atelier_types::review::Rubric;

    #[test]
    fn rubric_is_read_as_it_was_saved() {
        let (_folder, workspace) = testing::workspace();
        let text = "question = \"Which?\"\n\n[[criteria]]\nkey = \"tone\"\ntitle = \"Tone\"\n";
        let rubric: Rubric = toml::from_str(text).unwrap();
        workspace.save_rubric(&"tone".into(), &rubric).unwrap();
        assert_eq!(workspace.rubric(&"tone".into()).unwrap(), rubric);
        assert!(workspace.rubrics().unwrap().contains(&"tone".into()));
    }

    #[test]
    fn faults_are_named_with_their_place() {
        let (_folder, workspace) = testing::workspace();
        let fault = |text: &str| {
            workspace.write_atomic("rubrics/r.toml", text.as_bytes()).unwrap();
            match workspace.rubric(&"r".into()) {
                Err(WorkspaceError::BadRubric { reason, line, .. }) => (reason, line),
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(fault("question = \"Which?\"\nquestions = 3\n").1, Some(2));
        assert_eq!(fault("question = \" \"\n").0, "`question` is empty");
        let twice = "question = \"q\"\ncriteria = [{ key = \"a\", title = \"A\" }, { key = \"a\", title = \"B\" }]\n";
        assert_eq!(fault(twice).0, "The key `a` stands twice");
        assert!(matches!(workspace.rubric(&"none".into()), Err(WorkspaceError::NoRubric { .. })));
    }
}
