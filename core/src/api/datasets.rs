//! Verbs of `datasets`.

use super::{Result, Studio};
use atelier_types::api::{DatasetImportRequest, DatasetPageRequest, DatasetRequest, Nothing};
use atelier_types::dataset::{DatasetPage, DatasetSummary};
use atelier_types::event::Tag;

/// No screen shows more rows at once, and a page stays a small message.
const MAX_PAGE_ROWS: u32 = 1000;
const STALE: &[Tag] = &[Tag::Datasets, Tag::Workspace];

/// All datasets.
pub async fn list(studio: &Studio, _request: Nothing) -> Result<Vec<DatasetSummary>> {
    studio.in_session(|session| Ok(session.workspace.datasets()?)).await
}

/// A window of rows.
pub async fn show(studio: &Studio, request: DatasetPageRequest) -> Result<DatasetPage> {
    studio
        .in_session(move |session| {
            let dataset = session.workspace.dataset(&request.name)?;
            let rows = dataset.rows.iter().skip(request.offset as usize);
            let rows = rows.take(request.limit.min(MAX_PAGE_ROWS) as usize).cloned().collect();
            Ok(DatasetPage { summary: dataset.summary.clone(), offset: request.offset, rows })
        })
        .await
}

/// Read a JSONL or CSV file into the workspace, with an id a row.
pub async fn import(studio: &Studio, request: DatasetImportRequest) -> Result<DatasetSummary> {
    let DatasetImportRequest { name, file_name, content } = request;
    let imported = studio
        .in_session(move |session| Ok(session.workspace.import_dataset(&name, &file_name, &content)?.summary.clone()))
        .await?;
    studio.events().stale(STALE);
    Ok(imported)
}

/// Delete a dataset file.
pub async fn delete(studio: &Studio, request: DatasetRequest) -> Result<Nothing> {
    studio.in_session(move |session| Ok(session.workspace.delete_dataset(&request.name)?)).await?;
    studio.events().stale(STALE);
    Ok(Nothing {})
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[tokio::test]
    async fn imported_rows_are_shown_by_window_and_a_bad_file_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let studio = testing::studio(folder.path()).await;
        let content: String = (0..50).map(|number| format!("{{\"n\": {number}}}\n")).collect();
        let request = |content: &str, name: &str| DatasetImportRequest {
            name: name.into(),
            file_name: "numbers.jsonl".to_owned(),
            content: content.to_owned(),
        };
        assert_eq!(import(&studio, request(&content, "numbers")).await.unwrap().num_rows, 50);
        let page = DatasetPageRequest { name: "numbers".into(), offset: 48, limit: 10 };
        let page = show(&studio, page).await.unwrap();
        let ids: Vec<_> = page.rows.iter().map(|row| row.id.as_str()).collect();
        assert_eq!((ids, page.summary.num_rows), (vec!["r49", "r50"], 50));
        let err = import(&studio, request("{\"n\": 1}\n{\n", "broken")).await.unwrap_err();
        assert_eq!((err.code.as_str(), err.location.unwrap().line), ("dataset.malformed", Some(2)));
        let names: Vec<_> = list(&studio, Nothing {}).await.unwrap().into_iter().map(|one| one.name).collect();
        assert_eq!(names, ["articles".into(), "numbers".into()]);
        delete(&studio, DatasetRequest { name: "numbers".into() }).await.unwrap();
        assert_eq!(list(&studio, Nothing {}).await.unwrap().len(), 1);
    }
}
