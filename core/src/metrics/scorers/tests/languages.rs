//! Checks of outputs in formal languages that have a parser.

use super::*;

fn fault(spec: Value, output: &str) -> Option<String> {
    let scored = score(&scorer(spec), output, json!({}));
    assert_eq!(scored.score, Score::check(scored.explanation.is_none()), "{output:?}");
    scored.explanation
}

fn sql(dialect: &str, output: &str) -> Option<String> {
    fault(json!({"scorer": "sql", "dialect": dialect}), output)
}

#[test]
fn sql_follows_its_dialect_and_names_the_place() {
    assert_eq!(sql("generic", "SELECT a, count(*) FROM t GROUP BY 1; DELETE FROM t WHERE b = 'x'"), None);
    assert_eq!(sql("postgresql", "SELECT a::int FROM t WHERE b ~ 'x'"), None);
    assert_eq!(sql("mssql", "SELECT TOP 3 [a b] FROM t"), None);
    assert!(sql("mysql", "SELECT [a b] FROM t").is_some());
    assert_eq!(sql("bigquery", "SELECT `a-b`.c, ARRAY<INT64>[1] FROM `p.d.t`"), None);
    let wrong = sql("ansi", "SELECT a\nFROM t GROUP )").unwrap();
    assert!(wrong.starts_with("The output is not SQL: ") && wrong.ends_with(" at line 2, column 8"), "{wrong}");
    assert!(sql("generic", "SELECT 'a").unwrap().ends_with(" at line 1, column 8"));
    assert_eq!(sql("generic", " -- nothing\n").as_deref(), Some("The output is not SQL: there is no statement"));
    let fenced = fault(json!({"scorer": "sql", "allow_fence": true}), "```sql\nSELECT 1\nFROM t WHERE )\n```").unwrap();
    assert!(fenced.contains(" at line 3, column "), "{fenced}");
    let refused = Scorer::new(&serde_json::from_value(json!({"scorer": "sql", "dialect": "oracle9"})).unwrap());
    assert!(refused.err().unwrap().starts_with("`dialect` must be one of generic, ansi, "));
}

#[test]
fn sql_of_any_depth_and_length_comes_to_an_end() {
    let starts = ["SELECT ", "SELECT * FROM ", "", "SELECT * FROM t MATCH_RECOGNIZE(PATTERN "];
    let long = ["+1", "::int", " UNION SELECT 1", " JOIN b", " JOIN b ON 1", " COLLATE x", " AND b", " IS NULL", ".b"];
    for dialect in ["generic", "postgresql"] {
        let sql = scorer(json!({"scorer": "sql", "dialect": dialect}));
        let is_right = |output: &str| matches!(score(&sql, output, json!({})).score, Score::Number(1.0));
        for start in starts {
            assert!(!is_right(&format!("{start}{}", "(".repeat(200_000))));
            assert!(!is_right(&format!("{start}{}", "(".repeat(9_000))));
            assert!(!is_right(&format!("{start}{}1{}", "(".repeat(28), ")".repeat(27))));
        }
        for part in long {
            let few = 9_000 / part.split_inclusive([' ', '.', ':', '+']).count();
            let text = format!("SELECT 1 FROM a WHERE b{}", part.repeat(few));
            let scored = score(&sql, &text, json!({})).score;
            assert!(matches!(scored, Score::Number(_) | Score::Unscored { .. }), "{part}");
            assert!(!is_right(&format!("SELECT a{}", part.repeat(1_000_000 / part.len()))));
        }
        assert!(!is_right("SELECT \0"));
    }
}

#[test]
fn xml_faults_are_named_with_their_place() {
    let xml = |output: &str| fault(json!({"scorer": "xml"}), output);
    let document = "\n<?xml version=\"1.0\"?>\n<!DOCTYPE a [<!ENTITY e 'x'>]>\n<a b='1' c=\">\"><é/>&e;&amp;&#x26;<![CDATA[<]]><!-- - --></a>\n";
    assert_eq!(xml(document), None);
    let ends = [
        ("<a>\n</b>", "at line 2, column 1"),
        ("<a/>\n<b/>", "there is a second root element at line 2, column 1"),
        ("<a>&nbsp;</a>", "the entity `&nbsp;` is not defined at line 1, column 4"),
        ("<a b='&x;'/>", "the entity `&x;` is not defined at line 1, column 1"),
        ("<a b='1' b='2'/>", "the attribute `b` is there twice at line 1, column 1"),
        ("<a>\0</a>", "the character U+0000 is not allowed at line 1, column 4"),
        ("Sure: <a/>", "there is text outside of the root element at line 1, column 1"),
        ("<a><b>", "the element `b` is not closed at line 1, column 7"),
        ("", "there is no element at line 1, column 1"),
    ];
    for (output, end) in ends {
        let reason = xml(output).unwrap();
        assert!(reason.ends_with(end), "{output:?}: {reason}");
    }
    let fenced = json!({"scorer": "xml", "allow_fence": true});
    assert_eq!(fault(fenced.clone(), "```xml\n<a/>\n```"), None);
    assert!(fault(fenced, "```xml\n<a>\n```").unwrap().contains("line "));
}

#[test]
fn xml_of_any_depth_comes_to_an_end() {
    let xml = |output: &str| fault(json!({"scorer": "xml"}), output);
    let deep = format!("{}{}", "<a>".repeat(200_000), "</a>".repeat(200_000));
    assert_eq!(xml(&deep), None);
    assert!(xml(&deep[3..]).is_some());
    assert!(xml(&"<a>".repeat(200_000)).is_some());
    assert!(xml(&"&".repeat(1_000_000)).is_some());
    let attributes: String = (0..60_000).map(|number| format!(" a{number}='&lt;'")).collect();
    assert_eq!(xml(&format!("<a{attributes}/>")), None);
}

#[test]
fn xml_is_well_formed_where_libxml2_says_so() {
    let golden: Value = serde_json::from_str(include_str!("../../../../tests/goldens/xml.json")).unwrap();
    let xml = scorer(json!({"scorer": "xml"}));
    let rows = golden["rows"].as_array().unwrap();
    let is_other = |row: &&Value| {
        let is_right = number(&xml, row[0].as_str().unwrap(), json!({})) == 1.0;
        Some(is_right) != row[1].as_bool()
    };
    let faults: Vec<String> = rows.iter().filter(is_other).map(Value::to_string).collect();
    assert!(rows.len() > 1_500);
    assert!(faults.is_empty(), "{} of {} differ:\n{}", faults.len(), rows.len(), faults.join("\n"));
}
