use super::*;
use crate::testing;
use serde_json::json;

const GOOD: &str = r#"dataset = "articles"
models = ["demo"]

[[prompts]]
prompt = "summarise"

[[scorers]]
scorer = "contains"
expected = "must_mention"
"#;

/// Code, line and column of what is wrong with an experiment file.
fn fault(workspace: &Workspace, text: &str) -> (String, Option<u32>, Option<u32>) {
    workspace.write_atomic("experiments/e.toml", text.as_bytes()).unwrap();
    let Err(error) = checked(workspace, &testing::tools(), &"e".into()) else {
        panic!("nothing is wrong with\n{text}")
    };
    assert!(error.action.is_some(), "{error} offers nothing to do");
    let location = error.location.clone().unwrap();
    assert!(location.file == "experiments/e.toml" || error.code.starts_with("prompt."), "{location:?}");
    (error.code, location.line, location.column)
}

#[test]
fn each_fault_has_its_code_and_place() {
    let (_folder, workspace) = testing::workspace();
    workspace.write_atomic("prompts/odd.prompty", b"---\nname: odd\n---\nuser:\n{{ nobody_gives_this }}\n").unwrap();
    workspace.write_atomic("prompts/broken.prompty", b"---\nname: broken\n---\nuser:\n{% if %}\n").unwrap();
    workspace.write_atomic("experiments/e.toml", GOOD.as_bytes()).unwrap();
    assert!(checked(&workspace, &testing::tools(), &"e".into()).is_ok());
    let table = [
        (("\"articles\"", "\"nothing\""), "dataset.not_found", 1, 11),
        (("\"demo\"", "\"nobody\""), "experiment.unknown_model", 2, 11),
        (("\"demo\"", ""), "experiment.no_models", 2, 10),
        (("\"summarise\"", "\"nothing\""), "prompt.not_found", 5, 10),
        (("\"summarise\"", "\"summarise\"\nat = \"v9\""), "history.no_version", 5, 10),
        (("\"summarise\"", "\"odd\""), "experiment.missing_input", 4, 1),
        (("\"contains\"", "\"guess\""), "experiment.bad_scorer", 7, 1),
        (("\"must_mention\"", "\"no_column\""), "experiment.missing_column", 7, 1),
        (("models", "repeats = 0\nmodels"), "experiment.no_repeats", 2, 11),
        (("models", "max_rows = 0\nmodels"), "experiment.no_rows", 2, 12),
        (("models", "margin = -1\nmodels"), "experiment.bad_margin", 2, 10),
        (("models", "repeats = 4000000\nmodels"), "experiment.too_many_cells", 0, 0),
        (("models", "modles"), "experiment.malformed", 2, 1),
    ];
    for ((from, to), code, line, column) in table {
        let place = (line > 0).then_some((line, column));
        let expected = (code.to_owned(), place.map(|place| place.0), place.map(|place| place.1));
        assert_eq!(fault(&workspace, &GOOD.replacen(from, to, 1)), expected, "{from} → {to}");
    }
    let (code, ..) = fault(&workspace, &GOOD.replace("\"summarise\"", "\"broken\""));
    assert!(code.starts_with("prompt."), "{code}");
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let (_folder, workspace) = testing::workspace();
    let text = GOOD.replace("\"demo\"", "\"nobody\"").replace("\"must_mention\"", "\"no_column\"");
    workspace.write_atomic("experiments/e.toml", text.as_bytes()).unwrap();
    let error = checked(&workspace, &testing::tools(), &"e".into()).err().unwrap();
    assert_eq!((error.code.as_str(), error.causes.len()), ("experiment.unknown_model", 1));
    assert!(error.causes[0].contains("no_column"), "{error}");
}

#[test]
fn value_under_inputs_stands_for_a_column() {
    let (_folder, workspace) = testing::workspace();
    workspace.write_atomic("prompts/odd.prompty", b"---\nname: odd\n---\nuser:\n{{ tone }} {{ article }}\n").unwrap();
    let text = format!("{}\n[inputs]\ntone = \"calm\"\n", GOOD.replace("summarise", "odd"));
    workspace.write_atomic("experiments/e.toml", text.as_bytes()).unwrap();
    let (spec, materials) = checked(&workspace, &testing::tools(), &"e".into()).unwrap();
    assert_eq!((spec.inputs.get("tone"), materials.num_rows()), (Some(&json!("calm")), 5));
}

#[tokio::test(flavor = "multi_thread")]
async fn plan_counts_cells_and_names_no_host_for_local_models() {
    let folder = tempfile::tempdir().unwrap();
    let studio = testing::studio(folder.path()).await;
    let spec = ExperimentSpec { repeats: 3, max_rows: Some(4), ..toml::from_str(GOOD).unwrap() };
    let plan = plan(&studio, PlanRequest { spec }).await.unwrap();
    assert_eq!((plan.num_cells, plan.num_rows, plan.num_dataset_rows, plan.num_local_models), (12, 4, 5, 1));
    assert_eq!((plan.cost_usd, plan.time_millis, plan.hosts.len(), plan.variants.len()), (Some(0.0), None, 0, 1));
    assert!(plan.num_prompt_tokens > 12 * 50, "{}", plan.num_prompt_tokens);
}

#[tokio::test(flavor = "multi_thread")]
async fn saved_experiment_is_listed_with_its_cells_and_deleted_again() {
    let folder = tempfile::tempdir().unwrap();
    let studio = testing::studio(folder.path()).await;
    let spec: ExperimentSpec = toml::from_str(GOOD).unwrap();
    let name: ExperimentName = "mine".into();
    save(&studio, ExperimentSaveRequest { name: name.clone(), spec: spec.clone() }).await.unwrap();
    assert_eq!(show(&studio, ExperimentRequest { name: name.clone() }).await.unwrap(), spec);
    let listed = list(&studio, Nothing {}).await.unwrap();
    let mine = listed.iter().find(|experiment| experiment.name == name).unwrap();
    assert_eq!((mine.num_cells, mine.num_runs, &mine.problem), (5, 0, &None));
    delete(&studio, ExperimentRequest { name: name.clone() }).await.unwrap();
    assert_eq!(show(&studio, ExperimentRequest { name }).await.unwrap_err().code, "experiment.not_found");
}
