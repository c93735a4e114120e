//! `language`: the output is in a certain language.
//!
//! - Range: 0 or 1; higher is better.
//! - Reads: the setting `language` where it is given, else the row's expected column: a code of ISO 639-1 such as `en`,
//!   or, in a row, a list of which one has to fit.
//! - Settings: `language`.
//! - The language is told by the script and by runs of three letters (crate `whatlang` 0.18, 70 languages; W. Cavnar and
//!   J. Trenkle, "N-gram-based text categorization", 1994). Where it is not sure, as of a few words or of two languages
//!   that are close, the output is unscored with what it looks most like.
//! - A row with a code that is not known is unscored.

use super::options::Options;
use super::references::texts_of;
use super::{Method, ScoreContext, Scored, unscored};
use atelier_types::score::Score;
use serde_json::Value;
use std::borrow::Cow;
use whatlang::Lang;

/// ISO 639-1 codes and the ISO 639-3 codes that the detector gives for them. It tells Bokmål only and Mandarin only, so
/// `no` and `zh` are these.
const CODES: &str = "af:afr ak:aka am:amh ar:ara az:aze be:bel bg:bul bn:ben ca:cat cs:ces cy:cym da:dan de:deu el:ell \
    en:eng eo:epo es:spa et:est fa:pes fi:fin fr:fra gu:guj he:heb hi:hin hr:hrv hu:hun hy:hye id:ind it:ita ja:jpn \
    jv:jav ka:kat km:khm kn:kan ko:kor la:lat lt:lit lv:lav mk:mkd ml:mal mr:mar my:mya nb:nob ne:nep nl:nld no:nob \
    or:ori pa:pan pl:pol pt:por ro:ron ru:rus si:sin sk:slk sl:slv sn:sna sr:srp sv:swe ta:tam te:tel th:tha tk:tuk \
    tl:tgl tr:tur uk:ukr ur:urd uz:uzb vi:vie yi:yid zh:cmn zu:zul";

pub(super) struct Language {
    wanted: Option<Lang>,
}

impl Language {
    pub(super) fn new(options: &mut Options<'_>) -> Result<Self, String> {
        let code = options.text("language")?;
        Ok(Self { wanted: code.map(of_code).transpose().map_err(|err| format!("`language`: {err}"))? })
    }
}

impl Method for Language {
    fn reads_row(&self) -> bool {
        self.wanted.is_none()
    }

    fn score(&self, context: &ScoreContext<'_>, expected: Option<&Value>) -> Scored {
        let from_row: Result<Vec<Lang>, String> = texts_of(expected).iter().map(Cow::as_ref).map(of_code).collect();
        let wanted = match (self.wanted, from_row) {
            (Some(wanted), _) => vec![wanted],
            (None, Ok(wanted)) if wanted.is_empty() => return unscored("There is no language to compare with"),
            (None, Ok(wanted)) => wanted,
            (None, Err(reason)) => return unscored(reason),
        };
        match whatlang::detect(context.output) {
            None => unscored("The output has no letters of a language that is known"),
            Some(found) if !found.is_reliable() => {
                let language = found.lang().eng_name();
                unscored(format!("The output's language is not sure; it looks most like {language}"))
            }
            Some(found) => {
                let is_wanted = wanted.contains(&found.lang());
                (Score::check(is_wanted), (!is_wanted).then(|| format!("The output is {}", found.lang().eng_name())))
            }
        }
    }
}

fn of_code(code: &str) -> Result<Lang, String> {
    let pairs = || CODES.split_whitespace().filter_map(|pair| pair.split_once(':'));
    let found = pairs().find(|(short, _)| *short == code).and_then(|(_, long)| Lang::from_code(long));
    found.ok_or_else(|| {
        let known: Vec<&str> = pairs().map(|(short, _)| short).collect();
        format!("There is no language `{code}`; there are {}", known.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_of_the_detector_has_a_code() {
        let pairs: Vec<&str> =
            CODES.split_whitespace().filter_map(|pair| pair.split_once(':')).map(|(_, long)| long).collect();
        for language in Lang::all() {
            assert!(pairs.contains(&language.code()), "{language}");
        }
        assert!(pairs.iter().all(|code| Lang::from_code(*code).is_some()));
    }
}
