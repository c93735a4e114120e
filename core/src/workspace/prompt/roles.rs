//! Role markers: lines of the template such as `user:` that start a message.

use super::messages::lines;
use atelier_types::prompt::Role;
use std::ops::Range;

/// A marker in a template: from its first letter to its colon.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Marker {
    pub role: Role,
    pub range: Range<usize>,
}

/// The markers of a template, in order.
pub(super) fn markers(template: &str) -> Vec<Marker> {
    lines(template)
        .filter_map(|line| {
            let text = &template[line.clone()];
            let role = role_of_line(text)?;
            let start = line.start + (text.len() - text.trim_start().len());
            Some(Marker { role, range: start..start + text.trim().len() })
        })
        .collect()
}

/// A role by name, as markers and threads write it.
pub(super) fn role(name: &str) -> Option<Role> {
    match name.to_ascii_lowercase().as_str() {
        "system" => Some(Role::System),
        "user" => Some(Role::User),
        "assistant" => Some(Role::Assistant),
        "developer" => Some(Role::Developer),
        _ => None,
    }
}

pub(super) fn is_marker(line: &str) -> bool {
    role_of_line(line).is_some()
}

/// `user:`, `# user:`, `user[name="Ann"]:`, in any case and with blanks around.
fn role_of_line(line: &str) -> Option<Role> {
    let line = line.trim();
    let line = line.strip_prefix('#').unwrap_or(line).trim_start();
    let name = line.strip_suffix(':')?.trim_end();
    let name_end = name.find('[').unwrap_or(name.len());
    let (name, attributes) = name.split_at(name_end);
    let has_good_attributes = attributes.is_empty() || are_attributes(attributes);
    role(name).filter(|_| has_good_attributes)
}

/// `[key="value", key=value]`, at least one.
fn are_attributes(text: &str) -> bool {
    let Some(mut rest) = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) else { return false };
    loop {
        let key_end = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(rest.len());
        let Some(value) = rest[key_end..].trim_start().strip_prefix('=').filter(|_| key_end > 0) else { return false };
        let value = value.trim_start();
        let after = match value.strip_prefix('"').and_then(|value| value.split_once('"')) {
            Some((_, after)) => after,
            None => &value[value.find(['"', ',', ']']).unwrap_or(value.len())..],
        };
        let after = after.trim_start();
        rest = after.strip_prefix(',').unwrap_or(after).trim_start();
        if rest.is_empty() {
            return true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_are_lines_that_hold_a_role_and_nothing_else() {
        let roles = |template| markers(template).into_iter().map(|marker| marker.role).collect::<Vec<_>>();
        assert_eq!(
            roles("system:\nuser:\nassistant:\ndeveloper:"),
            [Role::System, Role::User, Role::Assistant, Role::Developer]
        );
        assert_eq!(roles("  # User : \r\nASSISTANT[name=\"Ann\", turn=2]:"), [Role::User, Role::Assistant]);
        assert_eq!(roles("tool:\nuser\nuser: hi\nthe user:\nuser[]:\nuser[name]:\n## user:"), []);
    }

    #[test]
    fn marker_covers_its_line_without_the_blanks_around_it() {
        let template = "hi\n  user:  \nthere";
        let marker = &markers(template)[0];
        assert_eq!(&template[marker.range.clone()], "user:");
    }
}
