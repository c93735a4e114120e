//! A set's files: `items.jsonl` (a header, then one item a line), one ratings file a reviewer and device, and
//! `mapping.jsonl` once it is closed.

use super::{Result, ReviewError};
use crate::store::reviews::FileStamp;
use crate::support::sha256_hex;
use crate::workspace::{Workspace, WorkspaceError};
use atelier_types::ids::{ReviewItemId, ReviewSetName, ReviewerName};
use atelier_types::review::{ItemMapping, Rating, ReviewItem, ReviewSetHeader, ReviewSource};
use serde::{Deserialize, Serialize};
use std::time::UNIX_EPOCH;

const REVIEWS: &str = "reviews";
const ITEMS: &str = "items.jsonl";
const MAPPING: &str = "mapping.jsonl";
const ENDING: &str = ".jsonl";

/// A set as its files say it.
#[derive(Clone, Debug, PartialEq)]
pub struct SetFiles {
    pub header: ReviewSetHeader,
    pub items: Vec<ReviewItem>,
    pub is_closed: bool,
}

/// Which outputs the items show.
#[derive(Clone, Debug, PartialEq)]
pub struct Mapping {
    pub source: ReviewSource,
    pub items: Vec<ItemMapping>,
}

/// First line of a mapping. The salt keeps the hash in the set from being tried out: sides are one bit an item.
#[derive(Serialize, Deserialize)]
struct MappingHeader {
    salt: String,
    #[serde(flatten)]
    source: ReviewSource,
}

impl SetFiles {
    pub fn read(workspace: &Workspace, name: &ReviewSetName) -> Result<Self> {
        let file = path(name, ITEMS);
        let text = workspace.read(&file).map_err(|err| match err {
            WorkspaceError::NoFile { .. } => ReviewError::NotFound { name: name.to_string() },
            err => err.into(),
        })?;
        let mut lines = (1..).zip(text.lines());
        let (_, first) = lines.next().unwrap_or_default();
        let header = parse(&file, 1, first)?;
        let lines = lines.filter(|(_, line)| !line.trim().is_empty());
        let items = lines.map(|(number, line)| parse(&file, number, line)).collect::<Result<_>>()?;
        Ok(Self { header, items, is_closed: workspace.exists(&path(name, MAPPING)) })
    }

    pub fn name(&self) -> &ReviewSetName {
        &self.header.set
    }

    pub fn has_item(&self, id: &ReviewItemId) -> bool {
        self.items.iter().any(|item| item.id == *id)
    }

    pub(super) fn published_mapping(&self, workspace: &Workspace) -> Result<Option<String>> {
        Ok(if self.is_closed { Some(workspace.read(&path(self.name(), MAPPING))?) } else { None })
    }

    /// Reads a mapping that is the one this set was made with.
    pub(super) fn verified_mapping(&self, text: &str) -> Result<Mapping> {
        let file = path(self.name(), MAPPING);
        // A clone may have changed the line ends of what is otherwise the same file.
        let text = text.replace("\r\n", "\n");
        if sha256_hex(text.as_bytes()) != self.header.mapping_commitment {
            return Err(ReviewError::MappingChanged { name: self.name().to_string() });
        }
        let mut lines = (1..).zip(text.lines());
        let (_, first) = lines.next().unwrap_or_default();
        let header: MappingHeader = parse(&file, 1, first)?;
        let items = lines.map(|(number, line)| parse(&file, number, line)).collect::<Result<_>>()?;
        Ok(Mapping { source: header.source, items })
    }
}

impl Mapping {
    /// The file's text; its hash goes into the set.
    pub(super) fn text(&self, salt: &str) -> Result<String> {
        let header = MappingHeader { salt: salt.to_owned(), source: self.source.clone() };
        let mut text = line(&header)?;
        for item in &self.items {
            text.push_str(&line(item)?);
        }
        Ok(text)
    }
}

/// All sets, by name. A folder without items is none.
pub fn names(workspace: &Workspace) -> Result<Vec<ReviewSetName>> {
    let files = workspace.list(REVIEWS, ITEMS)?;
    let name = |file: &String| file.strip_prefix("reviews/")?.strip_suffix("/items.jsonl").map(ReviewSetName::from);
    Ok(files.iter().filter_map(name).collect())
}

pub(super) fn write_items(workspace: &Workspace, header: &ReviewSetHeader, items: &[ReviewItem]) -> Result<()> {
    let file = path(&header.set, ITEMS);
    if workspace.exists(&file) {
        return Err(ReviewError::Exists { name: header.set.to_string() });
    }
    let mut text = line(header)?;
    for item in items {
        text.push_str(&line(item)?);
    }
    Ok(workspace.write_atomic(&file, text.as_bytes())?)
}

/// Publishes the mapping, which closes the set.
pub fn publish_mapping(workspace: &Workspace, set: &ReviewSetName, text: &str) -> Result<()> {
    Ok(workspace.write_atomic(&path(set, MAPPING), text.as_bytes())?)
}

/// Appends a rating to the file of its reviewer on this device; it is on disk when this returns.
pub fn append(workspace: &Workspace, set: &ReviewSetName, device: &str, rating: &Rating) -> Result<()> {
    let file = path(set, &format!("{}.{device}{ENDING}", rating.reviewer));
    Ok(workspace.append_line(&file, line(rating)?.trim_end())?)
}

/// Lower-case letters, digits and dashes: the name is part of a file's name.
pub fn check_reviewer(name: &ReviewerName) -> Result<()> {
    let is_fine = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
    let text = name.as_str();
    if text.is_empty() || text.len() > 60 || !text.bytes().all(is_fine) {
        return Err(ReviewError::BadReviewer { name: text.to_owned() });
    }
    Ok(())
}

/// Size and time of each ratings file of a set.
pub(super) fn rating_stamps(workspace: &Workspace, set: &ReviewSetName) -> Result<Vec<FileStamp>> {
    let folder = format!("{REVIEWS}/{set}");
    let mut stamps = Vec::new();
    for file in workspace.list(&folder, ENDING)? {
        if file.ends_with(ITEMS) || file.ends_with(MAPPING) {
            continue;
        }
        // A file that went away since it was listed is simply not there.
        let Ok(metadata) = workspace.root().join(&file).metadata() else { continue };
        let modified = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        stamps.push(FileStamp {
            path: file,
            num_bytes: i64::try_from(metadata.len()).unwrap_or(i64::MAX),
            modified_at: modified.and_then(|age| i64::try_from(age.as_millis()).ok()).unwrap_or(0),
        });
    }
    Ok(stamps)
}

/// The ratings of one file. A line that cannot be read was torn by a crash and was never confirmed; it is passed over.
pub(super) fn read_ratings(workspace: &Workspace, file: &str) -> Result<Vec<Rating>> {
    let text = workspace.read(file)?;
    Ok(text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect())
}

fn path(set: &ReviewSetName, file: &str) -> String {
    format!("{REVIEWS}/{set}/{file}")
}

fn line(value: &impl Serialize) -> Result<String> {
    let text = serde_json::to_string(value).map_err(|err| ReviewError::BadAnswer { reason: err.to_string() })?;
    Ok(text + "\n")
}

fn parse<T: serde::de::DeserializeOwned>(file: &str, number: u32, line: &str) -> Result<T> {
    serde_json::from_str(line).map_err(|err| ReviewError::Malformed {
        file: file.to_owned(),
        line: number,
        reason: err.to_string(),
    })
}
