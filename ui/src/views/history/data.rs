//! Which versions are compared, and how they are called.

use atelier_types::prompt::{Version, VersionRef};

/// The newest change: from the version before the newest to the newest.
pub fn default_pair(versions: &[Version]) -> (VersionRef, VersionRef) {
    match versions {
        [] => (VersionRef::Working, VersionRef::Working),
        [only] => (VersionRef::Number(only.number), VersionRef::Working),
        [.., before, newest] => (VersionRef::Number(before.number), VersionRef::Number(newest.number)),
    }
}

fn number(versions: &[Version], version: &VersionRef) -> Option<u32> {
    match version {
        VersionRef::Number(number) => Some(*number),
        VersionRef::Working | VersionRef::Committed => versions.last().map(|version| version.number + 1),
        VersionRef::Hash(hash) => versions.iter().find(|version| version.hash == *hash).map(|version| version.number),
        VersionRef::Label(label) => {
            versions.iter().find(|version| version.labels.contains(label)).map(|version| version.number)
        }
    }
}

/// The version before; `None` at the oldest.
pub fn older(versions: &[Version], from: &VersionRef) -> Option<VersionRef> {
    let number = number(versions, from)?;
    let older = versions.iter().rev().find(|version| version.number < number);
    older.map(|version| VersionRef::Number(version.number))
}

/// The version after; `None` at the newest.
pub fn newer(versions: &[Version], from: &VersionRef) -> Option<VersionRef> {
    let number = number(versions, from)?;
    let newer = versions.iter().find(|version| version.number > number);
    newer.map(|version| VersionRef::Number(version.number))
}

pub fn version_words(version: &VersionRef) -> String {
    match version {
        VersionRef::Working => "File as it is".to_owned(),
        VersionRef::Committed => "Newest commit".to_owned(),
        VersionRef::Number(number) => format!("v{number}"),
        VersionRef::Label(label) => label.to_string(),
        VersionRef::Hash(hash) => hash.as_str().chars().take(8).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use atelier_types::time::MillisSinceEpoch;

    fn versions(count: u32) -> Vec<Version> {
        let version = |number| Version {
            number,
            hash: format!("hash{number}").into(),
            commit: "c".into(),
            author: "Ada".to_owned(),
            committed_at: MillisSinceEpoch(0),
            summary: String::new(),
            labels: if number == 2 { vec!["production".into()] } else { Vec::new() },
        };
        (1..=count).map(version).collect()
    }

    #[test]
    fn the_newest_change_is_shown_first() {
        assert_eq!(default_pair(&versions(3)), (VersionRef::Number(2), VersionRef::Number(3)));
        assert_eq!(default_pair(&versions(1)), (VersionRef::Number(1), VersionRef::Working));
        assert_eq!(default_pair(&[]), (VersionRef::Working, VersionRef::Working));
    }

    #[test]
    fn steps_end_at_the_oldest_and_the_newest() {
        let all = versions(3);
        assert_eq!(older(&all, &VersionRef::Working), Some(VersionRef::Number(3)));
        assert_eq!(older(&all, &VersionRef::Label("production".into())), Some(VersionRef::Number(1)));
        assert_eq!(older(&all, &VersionRef::Number(1)), None);
        assert_eq!(newer(&all, &VersionRef::Number(2)), Some(VersionRef::Number(3)));
        assert_eq!(newer(&all, &VersionRef::Number(3)), None);
    }
}
