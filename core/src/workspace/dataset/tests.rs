use super::*;

fn rows(format: DatasetFormat, text: &str) -> Result<Dataset> {
    parse(&"d".into(), format, "datasets/d", text)
}

fn place(result: Result<Dataset>) -> (u32, Option<u32>, RowFault) {
    match result {
        Err(WorkspaceError::BadRow { line, column, code, .. }) => (line, column, code),
        other => panic!("expected a bad row, got {other:?}"),
    }
}

#[test]
fn jsonl_faults_have_their_line_and_column() {
    let jsonl = |text| place(rows(DatasetFormat::Jsonl, text));
    assert_eq!(jsonl("{\"id\": \"a\"}\n\n{\"id\": \"b\", \"ä\": }\n"), (3, Some(18), RowFault::Malformed));
    assert_eq!(jsonl("{\"id\": 1}\n{\"x\": 1}\n"), (2, None, RowFault::MissingId));
    assert_eq!(jsonl("{\"id\": 1}\n{\"id\": \"1\"}\n"), (2, None, RowFault::DuplicateId));
    assert_eq!(jsonl("[1]\n").2, RowFault::Malformed);
}

#[test]
fn csv_faults_have_their_line() {
    let csv = |text| place(rows(DatasetFormat::Csv, text));
    assert_eq!(csv("id,x\na,\"two\nlines\"\nb\n"), (4, None, RowFault::Malformed));
    assert_eq!(csv("id,x\na,1\na,2\n"), (3, None, RowFault::DuplicateId));
    assert_eq!(csv("id,x,x\n"), (1, None, RowFault::Malformed));
    assert_eq!(csv("x\n1\n"), (2, None, RowFault::MissingId));
    assert_eq!(csv(""), (1, None, RowFault::Malformed));
}

#[test]
fn csv_cells_stay_as_typed() {
    let dataset = rows(DatasetFormat::Csv, "\u{feff}id,n,t\r\n1,007,\"a \"\"b\"\",\r\nc\"\r\n2,1.50, x \r\n").unwrap();
    let cells: Vec<_> = dataset.rows.iter().map(|row| (row.id.as_str(), &row.values["n"], &row.values["t"])).collect();
    assert_eq!(
        cells,
        [("1", &Value::from("007"), &Value::from("a \"b\",\r\nc")), ("2", &Value::from("1.50"), &Value::from(" x ")),]
    );
    assert_eq!(dataset.summary.columns, ["n", "t"]);
}

#[test]
fn import_writes_ids_into_jsonl_and_keeps_numbers_as_typed() {
    let stored =
        with_ids("f.jsonl", DatasetFormat::Jsonl, "\u{feff}{ \"n\": 1.50e3 }\r\n{\"id\": \"r1\"}\r\n{}\r\n").unwrap();
    assert_eq!(stored, "{\"id\": \"r2\", \"n\": 1.50e3 }\n{\"id\": \"r1\"}\n{\"id\": \"r3\"}\n");
}

#[test]
fn import_writes_an_id_column_into_csv_and_keeps_the_rest_byte_for_byte() {
    let stored = with_ids("f.csv", DatasetFormat::Csv, "q,a\r\n\"two\r\nlines\",007\r\n\r\nx,1.50").unwrap();
    assert_eq!(stored, "id,q,a\r\nr1,\"two\r\nlines\",007\r\n\r\nr2,x,1.50");
    assert_eq!(rows(DatasetFormat::Csv, &stored).unwrap().rows.len(), 2);
}

#[test]
fn import_fills_empty_csv_ids_only() {
    let stored = with_ids("f.csv", DatasetFormat::Csv, "id,a\nr1,x\n,y\n").unwrap();
    assert_eq!(stored, "id,a\nr1,x\nr2,y\n");
    assert_eq!(with_ids("f.csv", DatasetFormat::Csv, &stored).unwrap(), stored);
}

#[test]
fn imported_dataset_is_listed_shown_and_deleted_and_never_overwritten() {
    let (_folder, workspace) = crate::testing::workspace();
    let name = DatasetName::from("tickets");
    let dataset = workspace.import_dataset(&name, "Tickets.CSV", "q\nhello\n").unwrap();
    assert_eq!((dataset.rows.len(), dataset.rows[0].id.as_str()), (1, "r1"));
    let again = workspace.import_dataset(&name, "other.jsonl", "{}\n");
    assert!(matches!(again, Err(WorkspaceError::DatasetExists { .. })));
    workspace.delete_dataset(&name).unwrap();
    assert!(matches!(workspace.dataset(&name), Err(WorkspaceError::NoDataset { .. })));
}

#[test]
fn dataset_changed_on_disk_is_read_again_and_a_broken_one_is_listed_with_its_problem() {
    let (_folder, workspace) = crate::testing::workspace();
    workspace.write_atomic("datasets/d.jsonl", b"{\"id\":\"a\"}\n").unwrap();
    assert_eq!(workspace.dataset(&"d".into()).unwrap().rows.len(), 1);
    workspace.write_atomic("datasets/d.jsonl", b"{\"id\":\"a\"}\n{\"id\":\"b\"}\n").unwrap();
    assert_eq!(workspace.dataset(&"d".into()).unwrap().rows.len(), 2);
    workspace.write_atomic("datasets/d.jsonl", b"{\n").unwrap();
    let problem = workspace.datasets().unwrap().into_iter().find_map(|summary| summary.problem).unwrap();
    assert_eq!((problem.code.as_str(), problem.location.unwrap().line), ("dataset.malformed", Some(1)));
}
