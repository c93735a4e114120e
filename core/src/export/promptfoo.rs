//! A promptfoo configuration: the rendered messages as one variable, since promptfoo's templates are not Jinja2, and an
//! assertion for each check that promptfoo has too.
//!
//! One test for each row and wording of the prompt; models with an endpoint become providers.

use super::{ExportError, Material, Record, Result, Written, text_of};
use atelier_types::score::ScorerSpec;
use serde_json::{Value, json};

pub(super) fn write(material: &Material) -> Result<Written> {
    let mut tests = Vec::new();
    let mut providers: Vec<Value> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for record in &material.records {
        let provider = provider(record);
        if !providers.contains(&provider) {
            providers.push(provider);
        }
        let messages = &record.cell.output.receipt.messages;
        if messages.is_empty() {
            continue;
        }
        let messages = serde_json::to_string(messages)?;
        if !seen.insert(messages.clone()) {
            continue;
        }
        let assertions: Vec<Value> = material.scorers.iter().filter_map(|scorer| assertion(scorer, record)).collect();
        tests.push(json!({
            "description": format!("{} {} {}", record.cell.row, record.cell.variant.prompt, record.cell.variant.version_title),
            "vars": { "messages": raw(&messages) },
            "assert": assertions,
        }));
    }
    if tests.is_empty() {
        return Err(ExportError::Empty { reason: "no output fits" });
    }
    let num_records = tests.len() as u32;
    let configuration = json!({
        "description": material.title,
        "prompts": ["{{ messages }}"],
        "providers": providers,
        "tests": tests,
    });
    let text = serde_saphyr::to_string(&configuration).map_err(|err| ExportError::Yaml(err.to_string()))?;
    Ok(Written { text, num_records })
}

/// promptfoo renders variables as templates too, so braces that came from data are kept from it.
fn raw(text: &str) -> String {
    if text.contains("{{") || text.contains("{%") || text.contains("{#") {
        format!(
            "{{% raw %}}{}{{% endraw %}}",
            text.replace("{% endraw %}", "{% endraw %}{{ '{% endraw %}' }}{% raw %}")
        )
    } else {
        text.to_owned()
    }
}

fn provider(record: &Record) -> Value {
    let receipt = &record.cell.output.receipt;
    let id = format!("openai:chat:{}", receipt.requested_model);
    if receipt.provider.starts_with("http") {
        json!({ "id": id, "label": receipt.model, "config": { "apiBaseUrl": receipt.provider } })
    } else {
        json!({ "id": id, "label": receipt.model })
    }
}

fn assertion(scorer: &ScorerSpec, record: &Record) -> Option<Value> {
    let column = scorer.expected.as_deref().unwrap_or("expected");
    let expected = record.cell.inputs.get(column).or(record.cell.expected.as_ref());
    let flag = |key: &str| scorer.options.get(key) == Some(&Value::Bool(true));
    match scorer.scorer.as_str() {
        "exact_match" => Some(json!({ "type": "equals", "value": text_of(expected?) })),
        "contains" => {
            let values = match scorer.options.get("values").or(expected)? {
                Value::Array(values) => values.iter().map(text_of).collect(),
                value => vec![text_of(value)],
            };
            let case = if flag("ignore_case") { "i" } else { "" };
            let amount = if flag("any") { "any" } else { "all" };
            Some(json!({ "type": format!("{case}contains-{amount}"), "value": values }))
        }
        "regex" => {
            let pattern = scorer.options.get("pattern").or(expected)?;
            Some(json!({ "type": "regex", "value": text_of(pattern) }))
        }
        "json_schema" => Some(match scorer.options.get("schema") {
            Some(schema) => json!({ "type": "is-json", "value": schema }),
            None => json!({ "type": "is-json" }),
        }),
        _ => None,
    }
}
