use super::*;

const LANGUAGES: [(&str, &str, &str); 8] = [
    ("bash", "for f in *.txt; do echo \"$f\"; done", "for f in *.txt; do echo (\n"),
    ("c", "int main(void) { return 0; }", "int main(void) { return 0; "),
    ("go", "package main\nfunc main() { x := 1; _ = x }", "package main\nfunc main() { x := }"),
    ("java", "class A { int f() { return 1; } }", "class A { int f() { return 1 } }"),
    ("javascript", "const f = async (x) => await x?.y ?? 1;", "const f = (x => ;"),
    ("python", "def f(x):\n    match x:\n        case [1, *_]: return f'{x!r}'\n", "def f(x:\n    return x\n"),
    ("rust", "fn f<T: Clone>(x: &T) -> impl Fn() -> T + '_ { || x.clone() }", "fn f( -> u8 { 1 }"),
    ("typescript", "type A<T> = { [K in keyof T]?: T[K] };", "type A<T = { a: };"),
];

fn syntax(language: &str) -> Scorer {
    scorer(json!({"scorer": "syntax", "language": language}))
}

fn in_fences(language: &str) -> Scorer {
    scorer(json!({"scorer": "syntax", "language": language, "fences": true}))
}

fn explained(scorer: &Scorer, output: &str) -> String {
    let scored = score(scorer, output, json!({}));
    assert_eq!(scored.score, Score::check(false), "{output}");
    scored.explanation.unwrap()
}

fn reason(scorer: &Scorer, output: &str) -> String {
    let Score::Unscored { unscored } = score(scorer, output, json!({})).score else { panic!("{output} is scored") };
    unscored
}

#[test]
fn code_of_each_language_is_told_from_what_is_none() {
    for (language, right, wrong) in LANGUAGES {
        let scorer = syntax(language);
        assert_eq!(score(&scorer, right, json!({})).score, Score::check(true), "{language}");
        assert!(explained(&scorer, wrong).starts_with("The output is not "), "{language}");
        assert!(explained(&scorer, "Sure! Here's the code (as you asked:").starts_with("The output is not "));
        assert!(explained(&scorer, " \n").starts_with("There is no "));
        assert!(explained(&scorer, "").ends_with(" code"));
    }
}

#[test]
fn first_fault_is_said_with_its_line() {
    let java = "class A {\n  int a = 1;\n  int b = 2\n  int c = 3;\n}";
    assert_eq!(explained(&syntax("java"), java), "The output is not Java: `;` is missing at line 3");
    assert_eq!(explained(&syntax("python"), "x = 1\ny = )\nz = (\n"), "The output is not Python at line 2");
}

#[test]
fn only_fences_of_the_language_are_read_where_wanted() {
    let python = in_fences("python");
    let right = "Here:\n\n```py\nx = 1\n```\n\n```js\n)(\n```\n\n~~~\ny = 2\n~~~\n";
    assert_eq!(number(&python, right, json!({})), 1.0);
    assert_eq!(explained(&syntax("python"), right), "The output is not Python at line 3");
    let second = "```python\nx = 1\n```\ntext\n```PYTHON\n\nx = (\n```\n";
    assert!(explained(&python, second).ends_with(" at line 7"));
    assert_eq!(explained(&python, "```py\n```"), "There is no Python code");
    assert_eq!(number(&python, "```py\nx = 1", json!({})), 1.0);
    assert_eq!(reason(&python, "x = 1"), "The output has no code fence of Python");
    assert_eq!(reason(&python, "```js\n1\n```"), "The output has no code fence of Python");
}

#[test]
fn indented_fence_is_read_without_its_indent() {
    let python = in_fences("python");
    assert_eq!(number(&python, "1. So:\n   ```py\n   if x:\n       y = 1\n   z = 2\n   ```\n", json!({})), 1.0);
    assert_eq!(number(&python, "\u{2003}```py\n\u{2003}x = 1\n\ny = 'ü'\n\u{2003}```", json!({})), 1.0);
}

#[test]
fn language_is_python_or_one_that_is_known() {
    assert_eq!(number(&scorer(json!({"scorer": "syntax"})), "x: int = 1", json!({})), 1.0);
    let refused = |spec: Value| Scorer::new(&serde_json::from_value(spec).unwrap()).err().unwrap();
    let names = "python, bash, c, go, java, javascript, rust, typescript";
    let refusal = refused(json!({"scorer": "syntax", "language": "py"}));
    assert_eq!(refusal, format!("`language` must be one of {names}, not \"py\""));
}

#[test]
fn hostile_output_ends() {
    for (language, right, _) in LANGUAGES {
        let scorer = syntax(language);
        let most_bytes = if language == "bash" { 20_000 } else { 200_000 };
        for hostile in ["(", "[", "{", "((a", "<", "if (", "\0"] {
            let scored = score(&scorer, &hostile.repeat(most_bytes / hostile.len()), json!({}));
            assert_ne!(scored.score, Score::check(true), "{language}: {hostile}");
        }
        assert_eq!(number(&scorer, right, json!({})), 1.0);
        let long = reason(&scorer, &"(".repeat(most_bytes + 1));
        assert!(long.starts_with("The code is too long to be parsed as "), "{long}");
    }
}
