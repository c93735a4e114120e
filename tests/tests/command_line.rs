//! The main job by command line alone, and what a person finds in the workspace afterwards.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "all of this is test code")]

use atelier_tests::programs::program;
use atelier_tests::sandbox::{Ran, Sandbox};
use atelier_tests::stand_in::{StandIn, echo};
use atelier_tests::workspace::{demo, greetings};
use serde_json::Value;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

fn array(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("no array: {value}"))
}

#[test]
fn main_job_ends_in_eval_sets() {
    let (sandbox, stand_in) = (Sandbox::new(), StandIn::start());
    let folder = greetings(&sandbox, &stand_in, &["echo", "other"], 6);
    let workspace = folder.to_str().unwrap();
    let at = |arguments: &[&str]| sandbox.json(&[&["--workspace", workspace], arguments].concat());

    let rendered = at(&["prompt", "render", "greet", "--input", "name=Ann"]);
    assert_eq!(rendered["messages"][1]["content"], "Greet Ann.");
    at(&["prompt", "save", "greet", "--message", "Greet people"]);
    let history = at(&["prompt", "history", "greet"]);
    assert_eq!(history[0]["summary"], "Greet people");

    let run = at(&["run", "greetings"]);
    assert_eq!(run["summary"]["progress"]["new"], 24, "{run}");
    assert_eq!(stand_in.num_requests(), 24);
    let id = text(&run["summary"]["id"]);

    let comparison = at(&["runs", "compare", &format!("{id}:1"), &format!("{id}:3")]);
    assert_eq!(comparison["measures"][0]["name"], "contains");
    assert!(comparison["measures"][0]["verdict"]["sentence"].is_string(), "{comparison}");

    at(&["review", "new", "warmth", "--run", id, "--rubric", "warmth", "--seed", "1"]);
    let ratings = ratings(&folder.join("reviews/warmth/items.jsonl"), "ann");
    let file = sandbox.work().join("ratings.jsonl");
    std::fs::write(&file, ratings).unwrap();
    let imported = at(&["review", "import", "warmth", file.to_str().unwrap()]);
    assert_eq!((&imported["num_new"], &imported["num_known"]), (&6.into(), &0.into()));
    let again = at(&["review", "import", "warmth", file.to_str().unwrap()]);
    assert_eq!((&again["num_new"], &again["num_known"]), (&0.into(), &6.into()));
    let status = at(&["review", "status", "warmth"]);
    assert_eq!(status["summary"]["num_rated"], 6);
    assert_eq!(status["wins"][0]["num_items"], 6, "{status}");

    for (format, ending) in
        [("jsonl", "jsonl"), ("csv", "csv"), ("openai-evals", "jsonl"), ("promptfoo", "yaml"), ("trl-dpo", "jsonl")]
    {
        let out = sandbox.work().join(format!("{format}.{ending}"));
        let exported = at(&["export", "warmth", "--format", format, "--out", out.to_str().unwrap()]);
        assert!(exported["num_records"].as_u64().unwrap() > 0, "{format}");
        assert_eq!(std::fs::metadata(&out).unwrap().len(), exported["num_bytes"].as_u64().unwrap(), "{format}");
    }
    let frozen = at(&["export", id, "--freeze", "first", "--rated-only"]);
    assert_eq!(frozen["num_records"], 12);
    assert!(folder.join("evalsets/first/records.jsonl").is_file());
    let closed = sandbox.run(&["--workspace", workspace, "review", "close", "warmth"]);
    assert_eq!(closed.status, 0, "{}", closed.stderr);
    assert!(folder.join("reviews/warmth/mapping.jsonl").is_file());
}

/// A rating of every item, as a reviewer's tool would write it.
fn ratings(items: &Path, reviewer: &str) -> String {
    let text = std::fs::read_to_string(items).unwrap();
    let rating = |(number, line): (usize, &str)| {
        let item: Value = serde_json::from_str(line).unwrap();
        let rating = serde_json::json!({
            "id": format!("{reviewer}-{number}"), "item": item["id"], "reviewer": reviewer, "at": number,
            "answer": { "kind": "pair", "choice": if number % 3 == 0 { "same" } else { "left" } },
        });
        format!("{rating}\n")
    };
    text.lines().skip(1).enumerate().map(rating).collect()
}

/// As a judge it likes long outputs; everything else it echoes.
fn critic(request: &Value) -> String {
    if request["model"] != "critic" {
        return echo(request);
    }
    let asked = request["messages"].to_string();
    let score = 1 + asked.len() % 5;
    format!("```json\n{{\"reason\": \"It has {} characters.\", \"score\": {score}}}\n```", asked.len())
}

#[test]
fn judges_score_outputs_with_prompts_of_the_workspace_and_are_held_against_people() {
    let sandbox = Sandbox::new();
    let stand_in = StandIn::with_reply(false, critic);
    let folder = greetings(&sandbox, &stand_in, &["echo"], 6);
    let workspace = folder.to_str().unwrap();
    let at = |arguments: &[&str]| sandbox.json(&[&["--workspace", workspace], arguments].concat());
    at(&["models", "add", "critic", "--endpoint", "stand-in", "--id", "critic"]);
    let file = folder.join("experiments/greetings.toml");
    let judge = "\n[[scorers]]\nscorer = \"judge\"\nmodel = \"critic\"\nquestion = \"Is it warm?\"\n";
    std::fs::write(&file, std::fs::read_to_string(&file).unwrap() + judge).unwrap();

    at(&["api", "prompts.adopt", r#"{"name":"judges/rubric"}"#]);
    let prompt = folder.join("prompts/judges/rubric.prompty");
    let written = std::fs::read_to_string(&prompt).unwrap();
    std::fs::write(&prompt, format!("{written}\nBe as strict as a head waiter.\n")).unwrap();

    let run = at(&["run", "greetings"]);
    assert_eq!(run["summary"]["progress"]["new"], 12, "{run}");
    let asked = stand_in.log();
    let judged: Vec<_> = asked.iter().filter(|one| one.request["model"] == "critic").collect();
    assert_eq!((asked.len(), judged.len()), (24, 12));
    assert!(judged.iter().all(|one| one.request["messages"].to_string().contains("strict as a head waiter")));
    assert!(judged.iter().all(|one| one.request["response_format"].to_string().contains("score")));
    let id = text(&run["summary"]["id"]);
    let comparison = at(&["runs", "compare", &format!("{id}:1"), &format!("{id}:2")]);
    assert_eq!(comparison["uncalibrated"][0], "judge", "{comparison}");

    at(&["review", "new", "warm", "--run", id, "--rubric", "warmth", "--mode", "rubric", "--seed", "1"]);
    let ratings = rubric_ratings(&folder.join("reviews/warm/items.jsonl"));
    let file = sandbox.work().join("ratings.jsonl");
    std::fs::write(&file, ratings).unwrap();
    at(&["review", "import", "warm", file.to_str().unwrap()]);
    let status = at(&["review", "status", "warm"]);
    let report = &status["judges"][0]["report"];
    assert_eq!((&report["status"], &report["agreement"]["num_items"]), (&"calibrated".into(), &12.into()), "{status}");
    let why = &status["judges"][0]["corrected"][0]["corrected"]["reason"];
    assert!(text(why).contains("fewer than 30"), "{status}");
    let comparison = at(&["runs", "compare", &format!("{id}:1"), &format!("{id}:2")]);
    assert_eq!(comparison["uncalibrated"], Value::Array(Vec::new()));
}

fn rubric_ratings(items: &Path) -> String {
    let text = std::fs::read_to_string(items).unwrap();
    let rating = |(number, line): (usize, &str)| {
        let item: Value = serde_json::from_str(line).unwrap();
        let rating = serde_json::json!({
            "id": format!("ann-{number}"), "item": item["id"], "reviewer": "ann", "at": number,
            "answer": { "kind": "rubric", "values": { "warmth": 1 + number % 5 } },
        });
        format!("{rating}\n")
    };
    text.lines().skip(1).enumerate().map(rating).collect()
}

#[test]
fn second_run_takes_equal_answers_from_the_store() {
    let (sandbox, stand_in) = (Sandbox::new(), StandIn::start());
    let folder = greetings(&sandbox, &stand_in, &["echo"], 5);
    let workspace = folder.to_str().unwrap();
    sandbox.json(&["--workspace", workspace, "run", "greetings"]);
    let again = sandbox.json(&["--workspace", workspace, "run", "greetings"]);
    assert_eq!(again["summary"]["progress"]["stored"], 10, "{again}");
    assert_eq!(stand_in.num_requests(), 10);
    let fresh = sandbox.json(&["--workspace", workspace, "run", "greetings", "--no-cache"]);
    assert_eq!(fresh["summary"]["progress"]["new"], 10);
}

#[test]
fn exit_status_says_what_happened() {
    let (sandbox, stand_in) = (Sandbox::new(), StandIn::start());
    let folder = greetings(&sandbox, &stand_in, &["echo"], 3);
    let workspace = folder.to_str().unwrap();
    assert_eq!(sandbox.run(&["--workspace", workspace, "prompt", "list"]).status, 0);
    assert_eq!(sandbox.run(&["--workspace", workspace, "prompt", "show", "none"]).status, 1);
    assert_eq!(sandbox.run(&["prompt", "no-such-verb"]).status, 2);
    let file = folder.join("experiments/greetings.toml");
    let strict = std::fs::read_to_string(&file).unwrap() + "min_mean = 0.9\n";
    std::fs::write(&file, strict).unwrap();
    let ran = sandbox.run(&["--workspace", workspace, "run", "greetings", "--json"]);
    assert_eq!(ran.status, 3, "{}", ran.stderr);
    assert_eq!(ran.json()["checks"][0]["passed"], false);
    let report = sandbox.work().join("report.xml");
    let arguments = ["--workspace", workspace, "run", "greetings", "--junit", report.to_str().unwrap()];
    assert_eq!(sandbox.run(&arguments).status, 3);
    let report = std::fs::read_to_string(report).unwrap();
    assert!(report.contains(r#"<testsuite name="run" tests="3" skipped="0" errors="0" failures="2">"#), "{report}");
    assert_eq!(report.matches(r#"<testcase name="row "#).count(), 6, "{report}");
}

#[test]
fn demo_is_a_workspace_that_a_person_could_have_made() {
    let sandbox = Sandbox::new();
    let folder = demo(&sandbox);
    let log = sandbox.git(&folder, &["log", "--format=%an: %s"]);
    assert!(log.lines().count() >= 4, "{log}");
    assert_eq!(sandbox.git(&folder, &["status", "--porcelain"]), "");
    assert!(!folder.join("history.toml").exists() && !folder.join("history").exists());
    let workspace = folder.to_str().unwrap();
    let at = |arguments: &[&str]| sandbox.json(&[&["--workspace", workspace], arguments].concat());
    let prompts = at(&["prompt", "list"]);
    let names: Vec<&str> = array(&prompts).iter().map(|prompt| text(&prompt["name"])).collect();
    assert!(names.len() >= 6, "{names:?}");
    assert!(array(&prompts).iter().all(|prompt| prompt["problem"].is_null()), "{prompts}");
    assert!(array(&at(&["dataset", "list"])).iter().all(|dataset| dataset["num_rows"].as_u64() >= Some(30)));
    let experiments = at(&["runs", "experiments"]);
    assert!(array(&experiments).len() >= 3);
    assert!(array(&experiments).iter().all(|experiment| experiment["problem"].is_null()), "{experiments}");
    assert!(array(&at(&["api", "rubrics.list"])).len() >= 2);
    let labelled = array(&prompts).iter().find(|prompt| !array(&prompt["labels"]).is_empty());
    assert!(labelled.is_some(), "no prompt has a label: {prompts}");
}

#[test]
fn staged_files_of_the_repository_around_stay_staged() {
    let (sandbox, stand_in) = (Sandbox::new(), StandIn::start());
    let repository = sandbox.work().join("application");
    std::fs::create_dir(&repository).unwrap();
    sandbox.git(&repository, &["init", "--quiet"]);
    std::fs::write(repository.join("main.py"), "print(1)\n").unwrap();
    sandbox.git(&repository, &["add", "main.py"]);
    sandbox.git(&repository, &["commit", "--quiet", "--message", "Start"]);
    std::fs::write(repository.join("main.py"), "print(2)\n").unwrap();
    std::fs::write(repository.join("new.py"), "print(3)\n").unwrap();
    sandbox.git(&repository, &["add", "main.py", "new.py"]);
    let staged = sandbox.git(&repository, &["diff", "--cached"]);

    let prompts = repository.join("prompts-of-ours");
    sandbox.json(&["init", prompts.to_str().unwrap()]);
    let workspace = prompts.to_str().unwrap();
    sandbox.json(&["--workspace", workspace, "prompt", "create", "late"]);
    sandbox.json(&["--workspace", workspace, "prompt", "save", "late", "--message", "Add late"]);
    assert_eq!(sandbox.git(&repository, &["diff", "--cached"]), staged);
    let changed = sandbox.git(&repository, &["show", "--name-only", "--format=", "HEAD"]);
    assert_eq!(changed.trim(), "prompts-of-ours/prompts/late.prompty");
    drop(stand_in);
}

#[test]
fn two_programs_on_one_workspace_lose_nothing() {
    let (sandbox, stand_in) = (Sandbox::new(), StandIn::start());
    stand_in.set_delay(std::time::Duration::from_millis(5));
    let folder = greetings(&sandbox, &stand_in, &["echo", "other"], 20);
    let workspace = folder.to_str().unwrap();
    let start = |arguments: &[&str]| {
        let mut command = sandbox.atelier(&[&["--workspace", workspace, "--json"], arguments].concat());
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap()
    };
    let runs = [start(&["run", "greetings", "--no-cache"]), start(&["run", "greetings", "--no-cache"])];
    let names = ["a", "b", "c", "d"];
    let creates: Vec<_> = names.iter().map(|name| start(&["prompt", "create", name])).collect();
    for create in creates {
        let ran = Ran::of(create.wait_with_output().unwrap());
        assert_eq!(ran.status, 0, "{}", ran.stderr);
    }
    let mut ids = Vec::new();
    for run in runs {
        let ran = Ran::of(run.wait_with_output().unwrap());
        assert_eq!(ran.status, 0, "{}", ran.stderr);
        let answer = ran.json();
        assert_eq!(answer["summary"]["progress"]["new"], 80, "{answer}");
        ids.push(text(&answer["summary"]["id"]).to_owned());
    }
    assert_ne!(ids[0], ids[1]);
    assert_eq!(stand_in.num_requests(), 160);
    for name in names {
        assert!(folder.join(format!("prompts/{name}.prompty")).is_file());
    }
}

/// Runs `atelier score` with lines on standard input.
fn score(sandbox: &Sandbox, arguments: &[&str], lines: &str) -> Ran {
    let mut command = sandbox.atelier(&[&["score"], arguments].concat());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    Ran::of(child.wait_with_output().unwrap())
}

#[test]
fn score_reads_and_writes_a_line_for_each_output() {
    let sandbox = Sandbox::new();
    let lines = r#"{"id": "a", "output": "the cat sat on the mat", "expected": ["the cat sat on a mat", "a cat"]}

{"id": 2, "output": "42", "expected": ["forty-two", "42"], "note": "kept out"}
{"id": "c", "output": "", "expected": []}
"#;
    let metrics = ["--metric", "exact_match", "levenshtein", "--metric", "bleu"];
    let ran = score(&sandbox, &metrics, lines);
    assert_eq!(
        (ran.status, ran.stderr.as_str()),
        (0, "bleu: nrefs:var|case:mixed|eff:yes|tok:13a|smooth:exp|version:2.6.0\n")
    );
    let scored: Vec<Value> = ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(scored.len(), 3, "{}", ran.stdout);
    assert_eq!(scored[0]["id"], "a");
    assert_eq!(scored[0]["scores"]["levenshtein"], 3.0);
    assert!((scored[0]["scores"]["bleu"].as_f64().unwrap() - 53.728_496_591_177).abs() < 1e-6, "{}", scored[0]);
    assert_eq!((&scored[1]["id"], &scored[1]["scores"]["exact_match"]), (&2.into(), &1.0.into()));
    let reason = serde_json::json!({"unscored": "There is no reference to compare with"});
    assert_eq!(scored[2]["scores"]["bleu"], reason);

    let (input, out) = (sandbox.work().join("in.jsonl"), sandbox.work().join("out.jsonl"));
    std::fs::write(&input, lines).unwrap();
    let files = ["--in", input.to_str().unwrap(), "--out", out.to_str().unwrap()];
    let to_file = score(&sandbox, &[&metrics[..], &files].concat(), "");
    assert_eq!((to_file.status, to_file.stdout.as_str()), (0, ""), "{}", to_file.stderr);
    assert_eq!(std::fs::read_to_string(&out).unwrap(), ran.stdout);
    let corpus = score(&sandbox, &["--metric", r#"{"scorer": "chrf", "lowercase": true}"#, "--corpus"], lines);
    assert!(
        corpus.stderr.contains("over the corpus, nrefs:var|case:lc|eff:yes|nc:6|nw:0|space:no"),
        "{}",
        corpus.stderr
    );
}

#[test]
fn score_asks_models_where_a_metric_needs_one() {
    let sandbox = Sandbox::new();
    let stand_in = StandIn::with_reply(false, critic);
    let folder = greetings(&sandbox, &stand_in, &["critic"], 1);
    let metrics = [
        "--workspace",
        folder.to_str().unwrap(),
        "--metric",
        "exact_match",
        r#"{"scorer": "judge", "model": "critic", "question": "Is it warm?"}"#,
        r#"{"scorer": "cosine", "model": "critic"}"#,
    ];
    // Some editors put a mark at a file's beginning.
    let lines = "\u{feff}{\"id\": 1, \"output\": \"Hello Ann\", \"expected\": \"Hello Bob\"}\n\n{\"id\": 2, \"expected\": \"x\"}\n";
    let ran = score(&sandbox, &metrics, lines);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let scored: Vec<Value> = ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(scored[0]["scores"]["exact_match"], 0.0);
    assert!((1..=5).contains(&(scored[0]["scores"]["judge"].as_f64().unwrap() as i64)), "{}", scored[0]);
    assert!((scored[0]["scores"]["cosine"].as_f64().unwrap() - 1.0).abs() < 1e-9, "{}", scored[0]);
    assert_eq!(scored[1]["scores"]["judge"]["unscored"], "There is no output");
    let asked = stand_in.num_requests();
    assert_eq!(score(&sandbox, &metrics, lines).stdout, ran.stdout);
    assert_eq!(stand_in.num_requests(), asked, "judgements and vectors come from the store the second time");
    let wrong = score(&sandbox, &[&metrics[..], &["--json"]].concat(), "{\"id\": 1}\n[]\n");
    let error: Value = serde_json::from_str(wrong.stderr.lines().last().unwrap()).unwrap();
    assert_eq!((&error["code"], &error["location"]["line"]), (&"score.malformed".into(), &2.into()), "{error}");
}

#[test]
fn scripts_of_the_workspace_and_programs_of_the_machine_score_in_runs_and_of_lines() {
    let (sandbox, stand_in) = (Sandbox::new(), StandIn::start());
    let folder = greetings(&sandbox, &stand_in, &["echo"], 3);
    let workspace = folder.to_str().unwrap();
    let script = folder.join("scorers/short.rhai");
    std::fs::create_dir_all(script.parent().unwrap()).unwrap();
    std::fs::write(&script, "fn score(output, expected, row) { output.len < 30 }").unwrap();
    let metrics = [
        "--workspace",
        workspace,
        "--metric",
        r#"{"scorer": "script", "file": "scorers/short.rhai"}"#,
        r#"{"scorer": "command", "runner": "tests"}"#,
    ];
    let lines = "{\"id\": 1, \"output\": \"Hello\"}\n";
    let missing = score(&sandbox, &[&metrics[..], &["--json"]].concat(), lines);
    assert!(missing.stderr.contains("[runners.tests]"), "{}", missing.stderr);
    let runner = "[runners.tests]\ncommand = [\"sh\", \"-c\", \"grep -q Hello && echo 0.5\"]\n";
    std::fs::create_dir_all(sandbox.data()).unwrap();
    let settings = sandbox.data().join("settings.toml");
    let known = std::fs::read_to_string(&settings).unwrap_or_default();
    std::fs::write(&settings, format!("{known}\n{runner}")).unwrap();
    let ran = score(&sandbox, &metrics, lines);
    assert_eq!(ran.stdout, "{\"id\":1,\"scores\":{\"script\":1.0,\"command\":0.5}}\n", "{}", ran.stderr);

    let file = folder.join("experiments/greetings.toml");
    let scorer = "\n[[scorers]]\nscorer = \"script\"\nfile = \"scorers/short.rhai\"\n";
    let with_scorer = std::fs::read_to_string(&file).unwrap() + scorer;
    std::fs::write(&file, &with_scorer).unwrap();
    let at = |arguments: &[&str]| sandbox.json(&[&["--workspace", workspace], arguments].concat());
    let run = at(&["run", "greetings"]);
    let scored = &run["variants"][0]["estimates"][2];
    assert_eq!((&scored["num_rows"], &scored["num_unscored"]), (&3.into(), &0.into()), "{run}");
    std::fs::write(&script, "fn score(output { }").unwrap();
    let broken = sandbox.run(&["--workspace", workspace, "--json", "run", "greetings"]);
    assert_eq!(broken.status, 1, "{}", broken.stdout);
    assert!(broken.stderr.contains("scorers/short.rhai"), "{}", broken.stderr);
}

#[test]
fn score_answers_before_more_is_written_to_it() {
    let sandbox = Sandbox::new();
    let mut command = sandbox.atelier(&["score", "--metric", "ter"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut writer = child.stdin.take().unwrap();
    for id in ["1", "2"] {
        writeln!(writer, r#"{{"id": {id}, "output": "a b", "expected": ["a b c d"]}}"#).unwrap();
        writer.flush().unwrap();
        assert_eq!(lines.next().unwrap().unwrap(), format!(r#"{{"id":{id},"scores":{{"ter":50.0}}}}"#));
    }
    drop(writer);
    assert!(child.wait().unwrap().success());
}

#[test]
fn score_names_the_line_that_is_wrong() {
    let sandbox = Sandbox::new();
    let lines = "{\"id\": 1, \"output\": \"a\", \"expected\": [\"a\"]}\n{\"id\": 2, \"output\"\n";
    let out = sandbox.work().join("scores.jsonl");
    std::fs::write(&out, "before\n").unwrap();
    let ran = score(&sandbox, &["--metric", "rougeL", "--json"], lines);
    assert_eq!((ran.status, ran.stdout.as_str()), (1, "{\"id\":1,\"scores\":{\"rougeL\":1.0}}\n"));
    let error = ran.error();
    assert_eq!((&error["code"], &error["location"]["line"]), (&"score.malformed".into(), &2.into()), "{error}");
    let to_file = score(&sandbox, &["--metric", "rougeL", "--out", out.to_str().unwrap()], lines);
    assert_eq!(to_file.status, 1);
    assert_eq!(std::fs::read_to_string(&out).unwrap(), "before\n");
    assert_eq!(std::fs::read_dir(sandbox.work()).unwrap().count(), 1, "no half-written file is left");
    let unknown = score(&sandbox, &["--metric", "best", "--json"], "");
    assert_eq!((unknown.status, text(&unknown.error()["code"])), (1, "cli.bad_argument"));
    assert_eq!(score(&sandbox, &[], "").status, 2);
}

/// Runs `stats` on lines of standard input.
fn stats(sandbox: &Sandbox, arguments: &[&str], lines: &str) -> Ran {
    let mut command = sandbox.atelier(&[&["stats", "--json"], arguments].concat());
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    Ran::of(child.wait_with_output().unwrap())
}

#[test]
fn stats_read_lines_and_write_one_object() {
    let sandbox = Sandbox::new();
    let ratings = (0..12).map(|item| {
        let (ann, bob) = (item % 4, if item == 5 { 3 } else { item % 4 });
        format!("{{\"item\":{item},\"rater\":\"ann\",\"value\":{ann}}}\n\n{{\"item\":{item},\"rater\":\"bob\",\"value\":{bob}}}\n")
    });
    let agreement = stats(&sandbox, &["agreement"], &ratings.collect::<String>()).json();
    assert_eq!((&agreement["num_items"], &agreement["num_raters"]), (&12.into(), &2.into()));
    assert!(agreement["krippendorff_alpha"]["ordinal"]["value"].as_f64().unwrap() > 0.7, "{agreement}");
    assert!(agreement["pairs"][0]["quadratic_kappa"]["interval"]["low"].is_number(), "{agreement}");

    let games =
        |winner: &str, count: usize| format!("{{\"a\":\"old\",\"b\":\"new\",\"winner\":\"{winner}\"}}\n").repeat(count);
    let file = sandbox.work().join("games.jsonl");
    std::fs::write(&file, games("a", 3) + &games("b", 12) + &games("tie", 5)).unwrap();
    let ranking = sandbox.json(&["stats", "rank", "--in", file.to_str().unwrap()]);
    assert_eq!((&ranking["players"][0]["name"], &ranking["num_ties"]), (&"new".into(), &5.into()));
    assert!(ranking["players"][0]["strength"]["interval"]["low"].as_f64().unwrap() > 0.0, "{ranking}");

    let pairs = (0..60).map(|row| format!("{{\"id\":{row},\"a\":{},\"b\":1}}\n", u8::from(row >= 20)));
    let lines = pairs.collect::<String>();
    let comparison = stats(&sandbox, &["compare"], &lines).json();
    assert_eq!((&comparison["verdict"]["judgement"], &comparison["unit"]), (&"better".into(), &"share".into()));
    assert_eq!(comparison, stats(&sandbox, &["compare"], &lines).json());
    let power = stats(&sandbox, &["power", "--difference", "0.2", "--rows", "200"], &lines).json();
    assert!(power["achieved"]["value"].as_f64().unwrap() > 0.8, "{power}");
    assert!(power["rows_needed"]["value"].as_f64().unwrap() < 200.0, "{power}");
    let turned = stats(&sandbox, &["compare", "--lower-is-better", "--margin", "0.05"], &lines).json();
    assert_eq!((&turned["verdict"]["judgement"], &turned["verdict"]["margin"]), (&"worse".into(), &0.05.into()));
}

#[test]
fn stats_name_the_line_that_is_wrong() {
    let sandbox = Sandbox::new();
    let rating = "{\"item\":1,\"rater\":\"ann\",\"value\":1}\n";
    let game = "{\"a\":\"x\",\"b\":\"y\",\"winner\":\"a\"}\n";
    for (verb, lines, code, line) in [
        ("agreement", format!("{rating}{rating}"), "stats.rated_twice", 2.into()),
        ("agreement", format!("{rating}\n{{\"item\":2}}\n"), "stats.malformed_record", 3.into()),
        ("rank", game.replace("\"a\"}", "\"x\"}"), "stats.malformed_record", 1.into()),
        ("rank", format!("{game}{}", game.replace("\"y\"", "\"x\"")), "stats.malformed_record", 2.into()),
        ("compare", "{\"id\":1,\"a\":\"high\",\"b\":1}\n".to_owned(), "stats.malformed_record", 1.into()),
        ("compare", "\n".to_owned(), "stats.no_records", Value::Null),
    ] {
        let ran = stats(&sandbox, &[verb], &lines);
        let error = ran.error();
        assert_eq!((ran.status, &error["code"]), (1, &code.into()), "{verb} {lines}");
        assert_eq!(error["location"]["line"], line, "{error}");
        assert!(error["action"].is_string(), "{error}");
    }
}

#[test]
fn it_starts_where_no_certificate_is_trusted() {
    let sandbox = Sandbox::new();
    let nothing = sandbox.work().join("none.pem");
    std::fs::write(&nothing, "").unwrap();
    let mut init = sandbox.atelier(&["init", "greetings", "--json"]);
    let ran = Ran::of(init.env("SSL_CERT_FILE", &nothing).env("SSL_CERT_DIR", sandbox.work()).output().unwrap());
    assert_eq!(ran.status, 0, "{}", ran.stderr);
}

#[test]
fn command_line_needs_no_window_system() {
    let output = Command::new("ldd").arg(program("atelier")).output().unwrap();
    let libraries = String::from_utf8(output.stdout).unwrap();
    assert!(libraries.contains("libc.so"), "{libraries}");
    for forbidden in ["gtk", "webkit", "soup", "libX11", "wayland", "libEGL"] {
        assert!(!libraries.contains(forbidden), "atelier needs {forbidden}:\n{libraries}");
    }
    let ran = Sandbox::new().run(&["--version"]);
    assert_eq!(ran.status, 0);
    assert!(ran.stdout.starts_with("atelier "), "{}", ran.stdout);
}
