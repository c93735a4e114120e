//! Workspaces that the tests run on.

use crate::sandbox::Sandbox;
use crate::stand_in::StandIn;
use std::path::PathBuf;

/// A copy of the demo workspace, made by the program itself.
pub fn demo(sandbox: &Sandbox) -> PathBuf {
    let folder = sandbox.work().join("demo");
    sandbox.json(&["init", "demo", "--demo"]);
    folder
}

/// An empty workspace with a stand-in endpoint, a model for each of `models` on it, a prompt `greet` in a weak and a
/// better wording, a dataset of `num_rows` people, and an experiment `greetings` over all of it.
pub fn greetings(sandbox: &Sandbox, stand_in: &StandIn, models: &[&str], num_rows: usize) -> PathBuf {
    let folder = sandbox.work().join("greetings");
    sandbox.json(&["init", "greetings"]);
    let workspace = folder.to_str().expect("a temporary path is text");
    let at = |arguments: &[&str]| sandbox.json(&[&["--workspace", workspace], arguments].concat());
    at(&["models", "add-endpoint", "stand-in", "--url", &stand_in.base_url()]);
    for model in models {
        at(&["models", "add", model, "--endpoint", "stand-in", "--id", model]);
    }
    write(&folder, "prompts/greet.prompty", &greet("Greet {{ name }}."));
    write(&folder, "prompts/greet-warmly.prompty", &greet("Greet {{ name }} warmly, in one sentence."));
    let rows =
        (0..num_rows).map(|row| format!("{{\"id\":\"p{row}\",\"name\":\"Person {row}\",\"expected\":\"Person\"}}\n"));
    write(&folder, "datasets/people.jsonl", &rows.collect::<String>());
    let models: Vec<String> = models.iter().map(|model| format!("\"{model}\"")).collect();
    let experiment = format!(
        "dataset = \"people\"\nmodels = [{}]\n\n[[prompts]]\nprompt = \"greet\"\n\n[[prompts]]\nprompt = \"greet-warmly\"\n\n\
         [[scorers]]\nscorer = \"contains\"\n\n[[scorers]]\nscorer = \"exact_match\"\n",
        models.join(", ")
    );
    write(&folder, "experiments/greetings.toml", &experiment);
    let rubric = "question = \"Which greeting is warmer?\"\n\n[[context]]\ncolumn = \"name\"\ntitle = \"Name\"\n\n\
                  [[criteria]]\nkey = \"warmth\"\ntitle = \"Warmth\"\n";
    write(&folder, "rubrics/warmth.toml", rubric);
    folder
}

/// [`greetings`] on two models at once: `demo` runs on this machine through the real engine, `echo` answers over HTTP.
/// Answers are short and greedy, so that the local ones can be made again.
pub fn greetings_near_and_far(sandbox: &Sandbox, stand_in: &StandIn, num_rows: usize) -> PathBuf {
    let folder = greetings(sandbox, stand_in, &["echo"], num_rows);
    let workspace = folder.to_str().expect("a temporary path is text");
    sandbox.json(&["--workspace", workspace, "models", "add", "demo", "--path", "builtin:atelier-demo"]);
    let file = "experiments/greetings.toml";
    let text = std::fs::read_to_string(folder.join(file)).expect("the experiment was written");
    let text = text.replace("models = [\"echo\"]", "models = [\"demo\", \"echo\"]");
    write(&folder, file, &format!("{text}\n[[params]]\ntemperature = 0.0\nmax_tokens = 24\n"));
    folder
}

fn greet(instruction: &str) -> String {
    format!(
        "---\nname: greet\ninputs:\n  - name: name\n    kind: string\n    required: true\n---\nsystem:\nYou greet people.\n\nuser:\n{instruction}\n"
    )
}

pub fn write(folder: &std::path::Path, relative: &str, text: &str) {
    let path = folder.join(relative);
    std::fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("the folder can be made");
    std::fs::write(path, text).expect("the file can be written");
}
