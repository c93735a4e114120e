//! Whether a text is a well-formed document, and where it stops being one.
//!
//! The reader matches tags and takes markup apart; names, attributes, references and the order of things are checked
//! here. Nothing recurses, and every pattern takes linear time.

use super::super::places::shortened;
use quick_xml::Reader;
use quick_xml::errors::Error;
use quick_xml::events::Event;
use regex::Regex;
use std::collections::HashSet;

/// Characters that start a name, and those that go on with it (productions 4 and 4a).
const START: &str = r":A-Z_a-z\u{C0}-\u{D6}\u{D8}-\u{F6}\u{F8}-\u{2FF}\u{370}-\u{37D}\u{37F}-\u{1FFF}\u{200C}\u{200D}\u{2070}-\u{218F}\u{2C00}-\u{2FEF}\u{3001}-\u{D7FF}\u{F900}-\u{FDCF}\u{FDF0}-\u{FFFD}\u{10000}-\u{EFFFF}";
const FURTHER: &str = r"\-.0-9\u{B7}\u{300}-\u{36F}\u{203F}\u{2040}";
const SPACE: &str = r"[ \t\r\n]";
const DECLARATION: &str = r#"^xml\s+version\s*=\s*(?:"1\.[0-9]+"|'1\.[0-9]+')(?:\s+encoding\s*=\s*(?:"[A-Za-z][A-Za-z0-9._-]*"|'[A-Za-z][A-Za-z0-9._-]*'))?(?:\s+standalone\s*=\s*(?:"(?:yes|no)"|'(?:yes|no)'))?\s*$"#;
const PREDEFINED: [&str; 5] = ["amp", "lt", "gt", "apos", "quot"];

pub(super) struct Fault {
    pub offset: usize,
    pub reason: String,
}

/// Compiled patterns of the parts of a document.
pub(super) struct Grammar {
    name: Regex,
    tag: Regex,
    attribute: Regex,
    declaration: Regex,
    entity: Regex,
}

/// How far a document has been read.
#[derive(Default)]
struct State {
    open: Vec<String>,
    has_root: bool,
    has_doctype: bool,
    entities: HashSet<String>,
}

type Checked = Result<(), String>;

impl Grammar {
    pub(super) fn new() -> Result<Self, String> {
        let name = format!("[{START}][{START}{FURTHER}]*");
        let attribute = format!(r#"{SPACE}+({name}){SPACE}*={SPACE}*(?:"([^"<]*)"|'([^'<]*)')"#);
        let compiled = |pattern: &str| Regex::new(pattern).map_err(|err| err.to_string());
        Ok(Self {
            name: compiled(&format!("^{name}$"))?,
            tag: compiled(&format!("^{name}(?:{attribute})*{SPACE}*$"))?,
            attribute: compiled(&attribute)?,
            declaration: compiled(DECLARATION)?,
            entity: compiled(&format!("<!ENTITY{SPACE}+({name}){SPACE}"))?,
        })
    }

    /// The first thing that is wrong.
    pub(super) fn fault(&self, text: &str) -> Option<Fault> {
        if let Some((offset, letter)) = text.char_indices().find(|(_, letter)| !is_allowed(*letter)) {
            return Some(Fault { offset, reason: format!("the character U+{:04X} is not allowed", u32::from(letter)) });
        }
        let mut reader = Reader::from_str(text);
        reader.config_mut().check_comments = true;
        let mut state = State::default();
        loop {
            let offset = reader.buffer_position() as usize;
            let event = match reader.read_event() {
                Ok(Event::Eof) => return state.at_end().err().map(|reason| Fault { offset, reason }),
                Ok(event) => event,
                Err(err) => return Some(Fault { offset: reader.error_position() as usize, reason: reason_of(&err) }),
            };
            if let Err(reason) = self.check(&mut state, offset, &event) {
                return Some(Fault { offset, reason });
            }
        }
    }

    fn check(&self, state: &mut State, offset: usize, event: &Event<'_>) -> Checked {
        match event {
            Event::Start(tag) => {
                self.check_tag(state, tag)?;
                state.open.push(tag.name().as_ref().to_owned());
                Ok(())
            }
            Event::Empty(tag) => self.check_tag(state, tag),
            Event::End(_) => {
                state.open.pop();
                Ok(())
            }
            Event::Text(text) if text.contains("]]>") => Err("`]]>` stands in text".to_owned()),
            Event::Text(text) if text.chars().all(|letter| " \t\r\n".contains(letter)) => Ok(()),
            Event::Text(_) | Event::CData(_) => state.within_root(),
            Event::GeneralRef(name) => state.within_root().and_then(|()| self.check_reference(state, name)),
            Event::Decl(_) if offset > 0 => Err("the XML declaration does not come first".to_owned()),
            Event::Decl(content) => {
                met(self.declaration.is_match(content), || "the XML declaration is not right".to_owned())
            }
            Event::PI(content) => self.check_instruction(content),
            Event::DocType(content) => self.check_doctype(state, content),
            Event::Comment(_) | Event::Eof => Ok(()),
        }
    }

    fn check_tag(&self, state: &mut State, tag: &str) -> Checked {
        if state.open.is_empty() && std::mem::replace(&mut state.has_root, true) {
            return Err("there is a second root element".to_owned());
        }
        if !self.tag.is_match(tag) {
            return Err(format!("the tag `{}` is not right", shortened(tag)));
        }
        let mut names = HashSet::new();
        for found in self.attribute.captures_iter(tag) {
            let name = found.get(1).map_or("", |name| name.as_str());
            met(names.insert(name), || format!("the attribute `{}` is there twice", shortened(name)))?;
            self.check_value(state, found.get(2).or(found.get(3)).map_or("", |value| value.as_str()))?;
        }
        Ok(())
    }

    fn check_value(&self, state: &State, value: &str) -> Checked {
        value.split('&').skip(1).try_for_each(|part| match part.split_once(';') {
            Some((name, _)) => self.check_reference(state, name),
            None => Err("an `&` starts no reference".to_owned()),
        })
    }

    fn check_reference(&self, state: &State, name: &str) -> Checked {
        let is_known = match name.strip_prefix('#') {
            Some(number) => character(number).is_some_and(is_allowed),
            None => self.name.is_match(name) && (PREDEFINED.contains(&name) || state.entities.contains(name)),
        };
        met(is_known, || format!("the entity `&{};` is not defined", shortened(name)))
    }

    fn check_instruction(&self, content: &str) -> Checked {
        let target = content.split([' ', '\t', '\r', '\n']).next().unwrap_or_default();
        let is_right = self.name.is_match(target) && !target.eq_ignore_ascii_case("xml");
        met(is_right, || format!("the processing instruction `{}` is not right", shortened(target)))
    }

    fn check_doctype(&self, state: &mut State, content: &str) -> Checked {
        if state.has_root || std::mem::replace(&mut state.has_doctype, true) {
            return Err("the DOCTYPE does not come once and before the root element".to_owned());
        }
        let declared = self.entity.captures_iter(content).filter_map(|found| found.get(1));
        state.entities.extend(declared.map(|name| name.as_str().to_owned()));
        let name = content.split([' ', '\t', '\r', '\n', '[']).find(|part| !part.is_empty()).unwrap_or_default();
        met(self.name.is_match(name), || "the DOCTYPE names no root element".to_owned())
    }
}

impl State {
    fn within_root(&self) -> Checked {
        met(!self.open.is_empty(), || "there is text outside of the root element".to_owned())
    }

    fn at_end(&self) -> Checked {
        match self.open.last() {
            Some(name) => Err(format!("the element `{}` is not closed", shortened(name))),
            None => met(self.has_root, || "there is no element".to_owned()),
        }
    }
}

fn met(is_met: bool, reason: impl FnOnce() -> String) -> Checked {
    if is_met { Ok(()) } else { Err(reason()) }
}

fn reason_of(err: &Error) -> String {
    shortened(&match err {
        Error::Syntax(err) => err.to_string(),
        Error::IllFormed(err) => err.to_string(),
        other => other.to_string(),
    })
}

/// Production 2.
fn is_allowed(letter: char) -> bool {
    matches!(letter, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..)
}

/// The character of `38` or `x26`.
fn character(number: &str) -> Option<char> {
    let (digits, radix) = number.strip_prefix('x').map_or((number, 10), |digits| (digits, 16));
    let is_number = digits.chars().all(|digit| digit.is_digit(radix));
    is_number.then(|| u32::from_str_radix(digits, radix).ok()).flatten().and_then(char::from_u32)
}
