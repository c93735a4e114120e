//! `xml`: the output is well-formed XML.
//!
//! - One root element, tags that match, attributes in quotation marks and once only, no character that XML does not
//!   allow, and no entity but the five of XML, characters by number and those that the document's own DTD declares. An
//!   external DTD is not read. Validity, namespaces and the inside of a DTD are not looked at.
//! - Range: 0 or 1; higher is better.
//! - Reads: the output only. White space around the document is allowed, text is not.
//! - Settings: `allow_fence` (default false) also takes XML inside one Markdown code fence.
//! - The explanation names the place of the fault; of a fault within a tag, that of the tag.
//! - Source: Extensible Markup Language 1.0, fifth edition; markup is taken apart by the crate `quick-xml`, and what that
//!   leaves unchecked is checked here. Elements may nest to any depth.

mod document;

use super::json_schema::without_fence;
use super::options::Options;
use super::places::{offset_of, place_of};
use super::{Method, ScoreContext, Scored};
use atelier_types::score::Score;
use document::Grammar;
use serde_json::Value;

pub(super) struct Xml {
    grammar: Grammar,
    allows_fence: bool,
}

impl Xml {
    pub(super) fn new(options: &mut Options<'_>) -> Result<Self, String> {
        Ok(Self { grammar: Grammar::new()?, allows_fence: options.flag("allow_fence", false)? })
    }
}

impl Method for Xml {
    fn reads_row(&self) -> bool {
        false
    }

    fn score(&self, context: &ScoreContext<'_>, _expected: Option<&Value>) -> Scored {
        let text = if self.allows_fence { without_fence(context.output) } else { context.output }.trim();
        let fault = self.grammar.fault(text);
        let explanation = fault.as_ref().map(|fault| {
            let place = place_of(context.output, offset_of(context.output, text) + fault.offset);
            format!("The output is not well-formed XML: {} at {place}", fault.reason)
        });
        (Score::check(fault.is_none()), explanation)
    }
}
