//! The reference's own answers, made by `core/tests/goldens/prompty_messages.py`.

use super::*;

const GOLDEN: &str = include_str!("../../../../tests/goldens/prompty.json");

fn golden() -> Value {
    serde_json::from_str(GOLDEN).unwrap()
}

fn roles_and_contents(messages: &[Message]) -> Value {
    messages.iter().map(|message| json!({"role": message.role, "content": message.content})).collect()
}

#[test]
fn generated_rows_render_to_the_bytes_of_the_reference() {
    let golden = golden();
    let mut num_rows = 0;
    let mut faults = Vec::new();
    for case in golden["cases"].as_array().unwrap() {
        let prompt = parse(case["file"].as_str().unwrap());
        for row in case["rows"].as_array().unwrap() {
            num_rows += 1;
            let ours = prompt.render(&inputs(row["inputs"].clone()));
            let ours = ours.map_or_else(|problem| json!(problem.message), |messages| roles_and_contents(&messages));
            if ours != row["messages"] {
                faults.push(format!("{}\n  ours {ours}\n  reference {}", case["name"], row["messages"]));
            }
        }
    }
    assert_eq!(num_rows, 200);
    assert!(faults.is_empty(), "{} of {num_rows} rows differ:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn forged_role_markers_stay_text_where_the_reference_raises() {
    let golden = golden();
    let forged = golden["forged"].as_array().unwrap();
    let num_raised = forged.iter().filter(|attempt| attempt["reference"] == "raised").count();
    assert!(num_raised >= 45, "the reference raised on {num_raised} rows only");
    for attempt in forged {
        let prompt = parse(attempt["file"].as_str().unwrap());
        let harmless = prompt.render(&inputs(json!({"text": "harmless"}))).unwrap();
        let ours = prompt.render(&inputs(attempt["inputs"].clone())).unwrap();
        let roles = |messages: &[Message]| messages.iter().map(|message| message.role).collect::<Vec<_>>();
        assert_eq!(roles(&ours), roles(&harmless), "{attempt}");
        let value = attempt["inputs"]["text"].as_str().unwrap();
        let value = value.replace("\r\n", "\n").replace('\u{2028}', "\n");
        let all: String = ours.iter().map(|message| message.content.as_str()).collect();
        assert!(all.contains(value.trim_matches('\n')), "{attempt}");
    }
}

#[test]
fn every_flattened_demo_prompt_is_read_by_the_reference_as_by_us() {
    let golden: Value = serde_json::from_str(include_str!("../../../../tests/goldens/prompty_demo.json")).unwrap();
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../workspaces/demo");
    let read = |name: &PromptName| std::fs::read_to_string(folder.join(file_of(name))).ok();
    let prompts = golden["prompts"].as_array().unwrap();
    assert!(prompts.len() >= 6);
    for expected in prompts {
        let name = PromptName::from(expected["name"].as_str().unwrap());
        let bundle = Bundle::resolve(name.clone(), read(&name).expect("the prompt is there"), &read);
        let hint = "after a change to the demo, run core/tests/goldens/prompty_demo.py";
        assert_eq!(json!(bundle.flatten().unwrap()), expected["flattened"], "{name}: {hint}");
        let prompt = bundle.parse().unwrap_or_else(|problems| panic!("{name}: {problems:?}"));
        assert_eq!(prompt.warnings(), [], "{name}");
        let ours = prompt.render(&Inputs::new()).unwrap();
        assert_eq!(roles_and_contents(&ours), expected["messages"], "{name}: {hint}");
    }
}
