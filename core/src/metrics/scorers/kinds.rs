//! Every scorer that there is, one line each: its name in experiment files, the unit and direction of its numbers,
//! whether it only says right or wrong, and what makes it from its settings.

use super::options::Options;
use super::{
    Method, bleu, character_count, chrf, citations, code_fences, contains, exact_match, flesch_kincaid_grade,
    flesch_reading_ease, jaro_winkler, json, json_match, json_schema, language, levenshtein, levenshtein_ratio, meteor,
    nonletter_share, numeric, perplexity, regex, repetition, required_fields, rouge, sentence_count, set_match, sql,
    syntax, ter, token_f1, token_ratios, url_in_context, word_count, word_lists, xml,
};
use atelier_types::score::Direction::{self, HigherIsBetter, LowerIsBetter};
use atelier_types::score::Unit::{self, Number, Points, Share};

type Make = fn(&mut Options<'_>) -> Result<Box<dyn Method>, String>;

pub(super) struct Kind {
    pub name: &'static str,
    pub unit: Unit,
    pub direction: Direction,
    pub is_check: bool,
    pub make: Make,
}

const fn check(name: &'static str, make: Make) -> Kind {
    Kind { name, unit: Share, direction: HigherIsBetter, is_check: true, make }
}

const fn kind(name: &'static str, unit: Unit, direction: Direction, make: Make) -> Kind {
    Kind { name, unit, direction, is_check: false, make }
}

pub(super) static KINDS: &[Kind] = &[
    check("exact_match", |options| Ok(Box::new(exact_match::ExactMatch::new(options)?))),
    check("contains", |options| Ok(Box::new(contains::Contains::new(options)?))),
    check("regex", |options| Ok(Box::new(regex::RegexMatch::new(options)?))),
    check("json_schema", |options| Ok(Box::new(json_schema::JsonSchema::new(options)?))),
    check("numeric", |options| Ok(Box::new(numeric::Numeric::new(options)?))),
    kind("json_match", Share, HigherIsBetter, |options| Ok(Box::new(json_match::JsonMatch::new(options)?))),
    kind("set_match", Share, HigherIsBetter, |options| Ok(Box::new(set_match::SetMatch::new(options)?))),
    kind("list_match", Share, HigherIsBetter, |options| Ok(Box::new(set_match::ListMatch::new(options)?))),
    kind("levenshtein", Number, LowerIsBetter, |options| Ok(Box::new(levenshtein::Levenshtein::new(options)?))),
    kind("levenshtein_ratio", Points, HigherIsBetter, |options| {
        Ok(Box::new(levenshtein_ratio::LevenshteinRatio::new(options)?))
    }),
    kind("jaro_winkler", Share, HigherIsBetter, |options| Ok(Box::new(jaro_winkler::JaroWinkler::new(options)?))),
    kind("token_sort_ratio", Points, HigherIsBetter, |options| Ok(Box::new(token_ratios::SortRatio::new(options)?))),
    kind("token_set_ratio", Points, HigherIsBetter, |options| Ok(Box::new(token_ratios::SetRatio::new(options)?))),
    kind("token_f1", Share, HigherIsBetter, |_| Ok(Box::new(token_f1::TokenF1))),
    kind("bleu", Points, HigherIsBetter, |options| Ok(Box::new(bleu::Bleu::new(options)?))),
    kind("chrf", Points, HigherIsBetter, |options| Ok(Box::new(chrf::Chrf::new(options, 0)?))),
    kind("chrf++", Points, HigherIsBetter, |options| Ok(Box::new(chrf::Chrf::new(options, 2)?))),
    kind("ter", Points, LowerIsBetter, |options| Ok(Box::new(ter::Ter::new(options)?))),
    kind("rouge1", Share, HigherIsBetter, |options| Ok(Box::new(rouge::Rouge::new(options, rouge::Variant::N(1))?))),
    kind("rouge2", Share, HigherIsBetter, |options| Ok(Box::new(rouge::Rouge::new(options, rouge::Variant::N(2))?))),
    kind("rougeL", Share, HigherIsBetter, |options| Ok(Box::new(rouge::Rouge::new(options, rouge::Variant::L)?))),
    kind("rougeLsum", Share, HigherIsBetter, |options| Ok(Box::new(rouge::Rouge::new(options, rouge::Variant::LSum)?))),
    kind("meteor", Share, HigherIsBetter, |options| Ok(Box::new(meteor::Meteor::new(options)?))),
    kind("word_count", Number, HigherIsBetter, |options| Ok(Box::new(word_count::WordCount::new(options)?))),
    kind("sentence_count", Number, HigherIsBetter, |options| {
        Ok(Box::new(sentence_count::SentenceCount::new(options)?))
    }),
    kind("flesch_reading_ease", Number, HigherIsBetter, |_| Ok(Box::new(flesch_reading_ease::FleschReadingEase))),
    kind("flesch_kincaid_grade", Number, LowerIsBetter, |_| Ok(Box::new(flesch_kincaid_grade::FleschKincaidGrade))),
    kind("character_count", Number, HigherIsBetter, |options| {
        Ok(Box::new(character_count::CharacterCount::new(options)?))
    }),
    kind("nonletter_share", Share, LowerIsBetter, |options| {
        Ok(Box::new(nonletter_share::NonletterShare::new(options)?))
    }),
    kind("repetition", Share, LowerIsBetter, |options| Ok(Box::new(repetition::Repetition::new(options)?))),
    kind("perplexity", Number, LowerIsBetter, |_| Ok(Box::new(perplexity::Perplexity))),
    check("language", |options| Ok(Box::new(language::Language::new(options)?))),
    check("allowed_words", |options| Ok(Box::new(word_lists::WordLists::allowed(options)?))),
    check("forbidden_words", |options| Ok(Box::new(word_lists::WordLists::forbidden(options)?))),
    check("required_fields", |options| Ok(Box::new(required_fields::RequiredFields::new(options)?))),
    check("json", |options| Ok(Box::new(json::Json::new(options)?))),
    check("xml", |options| Ok(Box::new(xml::Xml::new(options)?))),
    check("sql", |options| Ok(Box::new(sql::Sql::new(options)?))),
    check("syntax", |options| Ok(Box::new(syntax::Syntax::new(options)?))),
    check("code_fences", |options| Ok(Box::new(code_fences::CodeFences::new(options)?))),
    check("url_in_context", |_| Ok(Box::new(url_in_context::UrlInContext::new()?))),
    check("citations", |options| Ok(Box::new(citations::Citations::new(options)?))),
];
