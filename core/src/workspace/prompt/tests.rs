use super::*;
use atelier_types::prompt::{InputKind, Origin, Role};
use serde_json::{Value, json};

mod parity;

const NAME: &str = "triage";

fn bundle_with(text: &str, fragments: &[(&str, &str)]) -> Bundle {
    let read = |name: &PromptName| {
        fragments.iter().find(|(known, _)| name.as_str() == *known).map(|(_, text)| (*text).to_owned())
    };
    Bundle::resolve(NAME.into(), text.to_owned(), &read)
}

fn bundle(text: &str) -> Bundle {
    bundle_with(text, &[])
}

fn parse(text: &str) -> Prompt {
    bundle(text).parse().unwrap_or_else(|problems| panic!("{problems:?}"))
}

/// What is wrong with a text: code, line, column, action.
fn fault(bundle: &Bundle) -> (String, u32, u32, String) {
    let problem = bundle.parse().err().and_then(|problems| problems.into_iter().next()).expect("nothing is wrong");
    place(problem)
}

fn place(problem: Diagnostic) -> (String, u32, u32, String) {
    let location = problem.location;
    (problem.code, location.line.unwrap(), location.column.unwrap(), problem.action.unwrap())
}

fn inputs(values: Value) -> Inputs {
    values.as_object().unwrap().clone()
}

fn rendered(text: &str, values: Value) -> Vec<(Role, String)> {
    let messages = parse(text).render(&inputs(values)).unwrap_or_else(|problem| panic!("{problem:?}"));
    messages.into_iter().map(|message| (message.role, message.content)).collect()
}

const FILE: &str = "---
name: triage   # shown in lists
description: Sort a ticket
model:
  id: small
  options: {temperature: 0.2, maxOutputTokens: 64, stopSequences: [END], additionalProperties: {minP: 0.05}}
inputs:
  ticket: {kind: string, required: true, description: What the customer wrote}
  tone:
    kind: string
    default: calm
    enumValues: [calm, brisk]
  urgent: {kind: boolean}
outputs:
  - {name: team, kind: string, enumValues: [billing, tech]}
  - {name: score, kind: float, required: false}
somebodyElse: {keeps: [this]}
---

system:
Be {{ tone }}.
{% if urgent %}Hurry.{% endif %}
user:
{{ ticket }}
";

#[test]
fn front_matter_gives_description_inputs_model_and_schema() {
    let prompt = parse(FILE);
    assert_eq!(prompt.description(), "Sort a ticket");
    let specs: Vec<_> = prompt.inputs().iter().map(|spec| (spec.name.as_str(), spec.kind, spec.required)).collect();
    assert_eq!(
        specs,
        [
            ("ticket", InputKind::String, true),
            ("tone", InputKind::String, false),
            ("urgent", InputKind::Boolean, false)
        ]
    );
    assert_eq!(prompt.inputs()[1].choices, [json!("calm"), json!("brisk")]);
    let model = prompt.model();
    assert_eq!(model.id, Some("small".into()));
    assert_eq!((model.options.temperature, model.options.max_tokens), (Some(0.2), Some(64)));
    assert_eq!((model.options.stop.as_slice(), model.options.min_p), (["END".to_owned()].as_slice(), Some(0.05)));
    assert_eq!(
        model.output_schema,
        Some(json!({
            "type": "object",
            "properties": {"team": {"type": "string", "enum": ["billing", "tech"]}, "score": {"type": "number"}},
            "required": ["team"],
            "additionalProperties": false,
        }))
    );
}

#[test]
fn inputs_come_from_the_caller_then_from_defaults() {
    let calm = rendered(FILE, json!({"ticket": "It broke"}));
    assert_eq!(calm, [(Role::System, "Be calm.".to_owned()), (Role::User, "It broke".to_owned())]);
    let brisk = rendered(FILE, json!({"ticket": "It broke", "tone": "brisk", "urgent": "true"}));
    assert_eq!(brisk[0].1, "Be brisk.\nHurry.");
}

#[test]
fn required_input_without_a_value_points_at_its_declaration() {
    let prompt = parse(FILE);
    let problem = prompt.render(&Inputs::new()).unwrap_err();
    assert_eq!(problem.location.file, "prompts/triage.prompty");
    let (code, line, _, _) = place(problem);
    assert_eq!((code.as_str(), line), ("prompt.missing_input", 8));
    let preview = prompt.preview(&Inputs::new());
    assert_eq!(preview.diagnostics[0].code, "prompt.missing_input");
    assert_eq!(preview.messages[0].content, "Be calm.");
}

#[test]
fn unknown_variable_is_an_error_with_its_place_and_the_likely_name() {
    let prompt = parse("---\ninputs:\n  ticket: {kind: string}\n---\nuser:\nRead  {{ tickt }}\n");
    let problem = prompt.render(&Inputs::new()).unwrap_err();
    assert_eq!(problem.message, "The variable `tickt` is unknown");
    assert_eq!(place(problem), ("prompt.unknown_variable".to_owned(), 6, 10, "Did you mean `ticket`?".to_owned()));
    let preview = prompt.preview(&Inputs::new());
    assert_eq!(preview.messages[0].content, "Read  ");
}

#[test]
fn unknown_variable_in_a_branch_that_is_not_taken_is_an_error_too() {
    let prompt = parse("user:\n{% if false %}{{ hidden }}{% endif %}x");
    assert_eq!(prompt.render(&Inputs::new()).unwrap_err().code, "prompt.unknown_variable");
}

#[test]
fn missing_attribute_is_an_error_where_it_is_printed() {
    let prompt = parse("user:\n{% if row.note %}x{% endif %}\n{{ row.nmae }}");
    let problem = prompt.render(&inputs(json!({"row": {"name": "Ann"}}))).unwrap_err();
    assert!(problem.message.contains("row.nmae"), "{}", problem.message);
    let (code, line, column, _) = place(problem);
    assert_eq!((code.as_str(), line, column), ("prompt.unknown_variable", 3, 4));
}

#[test]
fn variable_that_the_template_tests_for_may_be_missing() {
    let text = "user:\n{% if note is defined %}{{ note }}{% else %}none{% endif %} {{ tone | default('calm') }}";
    assert_eq!(rendered(text, json!({})), [(Role::User, "none calm".to_owned())]);
}

#[test]
fn broken_yaml_points_at_line_and_column() {
    let (code, line, _, _) = fault(&bundle("---\nname: x\ninputs:\n  a: [1, 2\n---\nuser:\nhi\n"));
    assert_eq!(code, "prompt.bad_yaml");
    assert!((3..=5).contains(&line), "line {line}");
    let (code, line, ..) = fault(&bundle("---\nname: x\ndescription: y\nmodel:\n  options: {topK: many}\n---\nhi"));
    assert_eq!((code.as_str(), line), ("prompt.bad_yaml", 5));
    let (code, line, column, _) = fault(&bundle("---\nname: x\n"));
    assert_eq!((code.as_str(), line, column), ("prompt.bad_yaml", 1, 1));
}

#[test]
fn input_of_an_unknown_kind_points_at_it() {
    let (code, line, _, _) = fault(&bundle("---\ninputs:\n  a: {kind: string}\n  b: {kind: picture}\n---\nhi"));
    assert_eq!((code.as_str(), line), ("prompt.bad_input", 4));
}

#[test]
fn what_other_tools_could_not_read_is_a_warning() {
    let prompt = parse("---\ninputs:\n  - name: a\n  - {name: b, kind: array}\n  - {name: c, kind: string}\n---\nhi");
    let warnings: Vec<_> = prompt.warnings().iter().map(|one| (one.code.as_str(), one.location.line)).collect();
    assert_eq!(warnings, [("prompt.not_portable", Some(3)), ("prompt.not_portable", Some(4))]);
    assert_eq!(prompt.render(&Inputs::new()).unwrap()[0].content, "hi");
    assert_eq!(prompt.preview(&Inputs::new()).diagnostics.len(), 2);
}

#[test]
fn broken_template_points_at_line_and_column_of_the_file() {
    let (code, line, column, _) = fault(&bundle("---\nname: x\n---\n\nuser:\nGrüße {{ a b }}\n"));
    assert_eq!((code.as_str(), line, column), ("prompt.syntax", 6, 12));
}

#[test]
fn unknown_filter_and_endless_work_are_errors() {
    let problem = parse("user:\n{{ 'a' | shout }}").render(&Inputs::new());
    let code = problem.map_or_else(|problem| problem.code, |_| "rendered".to_owned());
    assert_eq!(code, "prompt.unknown_name");
    let endless = "user:\n{% for a in range(9999) %}{% for b in range(9999) %}{{ b }}{% endfor %}{% endfor %}";
    assert_eq!(parse(endless).render(&Inputs::new()).unwrap_err().code, "prompt.too_much_work");
    let huge = "user:\n{{ 'a' * 4000000000 }}";
    assert!(parse(huge).render(&Inputs::new()).is_err());
    let deep = "{% macro a() %}{{ a() }}{% endmacro %}user:\n{{ a() }}";
    assert!(parse(deep).render(&Inputs::new()).is_err());
}

const SHARED: (&str, &str) = ("fragments/json.md", "Answer in JSON.\n{% include \"fragments/deep.md\" %}\n");
const DEEP: (&str, &str) = ("fragments/deep.md", "Only {{ what }}.\n");

#[test]
fn fragments_are_pasted_with_their_own_includes_and_keep_their_origin() {
    let text = "system:\nHello.\n{% include \"fragments/json.md\" %}\nuser:\n{{ what }}\n";
    let bundle = bundle_with(text, &[SHARED, DEEP]);
    let prompt = bundle.parse().ok().unwrap();
    assert_eq!(prompt.fragments(), [DEEP.0.into(), SHARED.0.into()]);
    let preview = prompt.preview(&inputs(json!({"what": "keys"})));
    let system = &preview.messages[0];
    assert_eq!(system.content, "Hello.\nAnswer in JSON.\nOnly keys.");
    let origins: Vec<_> =
        system.spans.iter().map(|span| (&system.content[span.start..span.end], &span.origin)).collect();
    let fragment = |name: &str| Origin::Fragment { name: name.into() };
    assert_eq!(
        origins,
        [
            ("Hello.\n", &Origin::Template),
            ("Answer in JSON.\n", &fragment(SHARED.0)),
            ("Only ", &fragment(DEEP.0)),
            ("keys", &Origin::Value),
            (".", &fragment(DEEP.0)),
        ]
    );
}

#[test]
fn flattened_file_holds_the_fragments_and_renders_the_same() {
    let text = "---\nname: x # kept\n---\nsystem:\n  {%- include \"fragments/json.md\" -%}  \n!\nuser:\n{{ what }}\n";
    let bundle = bundle_with(text, &[SHARED, DEEP]);
    let flat = bundle.flatten().unwrap();
    assert_eq!(flat, "---\nname: x # kept\n---\nsystem:Answer in JSON.\nOnly {{ what }}.!\nuser:\n{{ what }}\n");
    let values = inputs(json!({"what": "keys"}));
    let ours = bundle.parse().ok().unwrap().render(&values).unwrap();
    assert_eq!(parse(&flat).render(&values).unwrap(), ours);
    assert_eq!(crate::workspace::prompt::tests::bundle(FILE).flatten().unwrap(), FILE);
}

#[test]
fn error_in_a_fragment_points_into_its_file() {
    let bad = [("fragments/json.md", "One.\n{{ a b }}\n")];
    let problems = bundle_with("user:\n{% include \"fragments/json.md\" %}", &bad).parse().err().unwrap();
    assert_eq!(problems[0].location.file, "prompts/fragments/json.md");
    assert_eq!(place(problems[0].clone()).1, 2);
}

#[test]
fn missing_and_circular_fragments_point_at_the_include() {
    let missing = bundle("user:\n  {% include \"fragments/none.md\" %}");
    let (code, line, column, _) = fault(&missing);
    assert_eq!((code.as_str(), line, column), ("prompt.missing_fragment", 2, 3));
    let circle =
        [("fragments/a.md", "{% include 'fragments/b.md' %}"), ("fragments/b.md", "\n{% include 'fragments/a.md' %}")];
    let circular = bundle_with("{% include 'fragments/a.md' %}", &circle);
    let problem = circular.parse().err().unwrap().remove(0);
    assert_eq!(
        (problem.code.as_str(), problem.location.file.as_str()),
        ("prompt.include_cycle", "prompts/fragments/b.md")
    );
    assert_eq!(circular.flatten().unwrap_err().code, "prompt.include_cycle");
}

#[test]
fn only_a_fragment_by_a_literal_name_is_included() {
    for text in [
        "{% include name %}",
        "{% include ['fragments/a.md'] %}",
        "{% include '/etc/passwd' %}",
        "{% include 'fragments/../../secret.md' %}",
        "{% import 'fragments/a.md' as a %}",
        "{% extends 'fragments/a.md' %}",
    ] {
        let code = fault(&bundle_with(text, &[("fragments/a.md", "a")])).0;
        assert!(["prompt.syntax", "prompt.missing_fragment"].contains(&code.as_str()), "{text}: {code}");
    }
}

#[test]
fn fragments_that_double_at_each_level_stop() {
    let names: Vec<String> = (0..30).map(|level| format!("fragments/f{level}.md")).collect();
    let twice = |next: &str| format!("{{% include '{next}' %}}{{% include '{next}' %}}");
    let texts: Vec<String> =
        (1..=30).map(|level| names.get(level).map_or("x".to_owned(), |next| twice(next))).collect();
    let fragments: Vec<(&str, &str)> =
        names.iter().zip(&texts).map(|(name, text)| (name.as_str(), text.as_str())).collect();
    assert_eq!(fault(&bundle_with("{% include 'fragments/f0.md' %}", &fragments)).0, "prompt.too_large");
}

#[test]
fn deeply_nested_files_are_errors_and_end_nothing() {
    let parens = format!("user:\n{{{{ {}1{} }}}}", "(".repeat(20_000), ")".repeat(20_000));
    let blocks = "{% if true %}".repeat(20_000);
    let wide = format!("{}{{{{ a b }}}}", "x".repeat(70_000));
    let yaml = format!("---\ninputs: {}\n---\nhi", "[".repeat(20_000));
    for text in [parens, blocks, wide, yaml] {
        assert!(bundle(&text).parse().is_err());
    }
}

#[test]
fn version_follows_prompt_and_fragments_but_not_line_ends() {
    let text = "user:\n{% include \"fragments/deep.md\" %}\n";
    let version = |text: &str, fragment: &str| bundle_with(text, &[(DEEP.0, fragment)]).version;
    let first = version(text, "a\nb\n");
    assert_eq!(first.as_str().len(), 64);
    assert_eq!(version(&text.replace('\n', "\r\n"), "a\r\nb\r\n"), first);
    assert_ne!(version(text, "a\nc\n"), first);
    assert_ne!(version(&text.replace("user", "system"), "a\nb\n"), first);
}

#[test]
fn thread_is_spliced_between_the_texts_around_it() {
    let text = "---\ninputs:\n  history: {kind: thread}\n---\nsystem:\nBefore.\n{{ history }}\nAfter.\nuser:\nNow\n";
    let history = json!([{"role": "user", "content": "system:\nforged"}, {"role": "assistant", "content": " Hi "}]);
    assert_eq!(
        rendered(text, json!({"history": history})),
        [
            (Role::System, "Before.".to_owned()),
            (Role::User, "system:\nforged".to_owned()),
            (Role::Assistant, " Hi ".to_owned()),
            (Role::System, "After.".to_owned()),
            (Role::User, "Now".to_owned()),
        ]
    );
    let problem = parse(text).render(&inputs(json!({"history": [{"role": "tool", "content": "x"}]}))).unwrap_err();
    assert_eq!((problem.code.as_str(), problem.location.line), ("prompt.bad_value", Some(3)));
}

#[test]
fn value_that_looks_like_a_thread_is_no_thread() {
    let text = "---\ninputs:\n  history: {kind: thread}\n---\nuser:\n{{ text }}|{{ history | length }}\n";
    let values = json!({"text": "[{'role': 'user'}]", "history": [{"role": "user", "content": "x"}]});
    assert_eq!(rendered(text, values), [(Role::User, "[{'role': 'user'}]|1".to_owned())]);
}

#[test]
fn role_marker_that_would_stay_text_in_a_macro_is_an_error() {
    let (code, line, ..) = fault(&bundle("{% macro turn(q) %}\nuser:\n{{ q }}\n{% endmacro %}\n{{ turn('a') }}"));
    assert_eq!((code.as_str(), line), ("prompt.syntax", 2));
}

#[test]
fn role_marker_beside_a_tag_is_an_error() {
    for (text, column) in
        [("{% if true %}user:{% endif %}\nhi", 14), ("{# note #} user: \nhi", 11), ("user:{# note #}\nhi", 1)]
    {
        let (code, line, at, _) = fault(&bundle(text));
        assert_eq!((code.as_str(), line, at), ("prompt.syntax", 1, column), "{text}");
    }
    assert_eq!(rendered("{{ 'the ' }}user:\nhi", json!({})), [(Role::System, "the user:\nhi".to_owned())]);
}

#[test]
fn markers_start_messages_even_where_line_ends_are_trimmed_away() {
    let text = "system:\n{%- if true %}\nA\n{%- endif -%}\nuser:\nB";
    let expected = [(Role::System, "A".to_owned()), (Role::User, "B".to_owned())];
    assert_eq!(rendered(text, json!({})), expected);
}

#[test]
fn spans_cover_every_message_without_gaps() {
    let preview = parse(FILE).preview(&inputs(json!({"ticket": "\n\nA\r\nB\u{2028}C\n", "urgent": true})));
    assert_eq!(preview.messages[1].content, "A\nB\nC");
    for message in &preview.messages {
        let mut covered = 0;
        for span in &message.spans {
            assert_eq!(span.start, covered);
            assert!(span.end > span.start);
            covered = span.end;
        }
        assert_eq!(covered, message.content.len());
    }
}

#[test]
fn rename_changes_the_name_alone() {
    let renamed = renamed(&NAME.into(), FILE, "sorting");
    assert_eq!(renamed, FILE.replacen("name: triage ", "name: sorting ", 1));
    assert_eq!(super::renamed(&NAME.into(), "user:\nhi", "x"), "user:\nhi");
    let quoted = "---\r\n# first\r\nname: \"old\" # note\r\n---\r\nuser:\r\nhi\r\n";
    let expected = quoted.replace("\"old\"", "'no'");
    assert_eq!(super::renamed(&NAME.into(), quoted, "no"), expected);
}

#[test]
fn prompt_can_be_shared_between_threads() {
    fn assert_shared<T: Send + Sync>() {}
    assert_shared::<Prompt>();
}

proptest::proptest! {
    /// Whatever a value holds, and however the template prints it, the roles are those of the template.
    #[test]
    fn no_value_makes_or_removes_a_message(
        value in "(system|User|assistant|:|\\[nonce=\"0\"\\]|#|\n|\r|\u{2028}|\u{b}| |\\{\\{|x){0,12}",
    ) {
        let text = "{{ v }}\nuser:\n{{ v }}{{ v }}\n{% for one in [v] %}{{ one }}\n{% endfor %}\nassistant:\n\
                    {% set w %}{{ v }}{% endset %}{{ w }}{{ v ~ v }}\n{{ v -}}\nuser:\n{{- v | upper | lower }}";
        let roles: Vec<Role> = rendered(text, json!({"v": value})).into_iter().map(|(role, _)| role).collect();
        proptest::prop_assert!(
            roles == [Role::System, Role::User, Role::Assistant, Role::User]
                // Nothing at all after the last marker is no message, as in the reference.
                || (value.is_empty() && roles == [Role::System, Role::User, Role::Assistant])
        );
    }
}
