//! What is mirrored, and what changed since the last frame.
//!
//! The mirror is flat: the nodes that mean something, in the order of the tree, each with its place on the screen.

use super::roles::{Element, ToggleWord, aria_role, element, toggle_word};
use accesskit::{Action, Node, NodeId, Role, Toggled, TreeUpdate};
use std::collections::HashMap;

/// Left, top, width and height in CSS pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bounds {
    pub left: i32,
    pub top: i32,
    pub width: i32,
    pub height: i32,
}

/// Everything that the page is told about a node.
#[derive(Clone, Debug, PartialEq)]
pub struct Mirrored {
    pub id: NodeId,
    pub role: &'static str,
    pub element: Element,
    pub label: String,
    /// Text of a field, number of a slider.
    pub value: Option<String>,
    pub placeholder: Option<String>,
    pub toggled: Option<(ToggleWord, &'static str)>,
    pub is_expanded: Option<bool>,
    pub is_disabled: bool,
    pub is_focusable: bool,
    pub is_clickable: bool,
    pub bounds: Bounds,
}

/// A step that brings the page up to date. Steps are applied in order.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    Remove(NodeId),
    /// A new element, after the given one or at the start.
    Add(Box<Mirrored>, Option<NodeId>),
    /// The element with the old state becomes the new one.
    Update(Box<Mirrored>, Box<Mirrored>),
    /// The element goes after the given one or to the start.
    Move(NodeId, Option<NodeId>),
    Focus(Option<NodeId>),
}

#[derive(Debug, Default)]
pub struct Tree {
    shown: HashMap<NodeId, Mirrored>,
    order: Vec<NodeId>,
    focus: Option<NodeId>,
}

impl Tree {
    /// Takes in egui's whole tree of one frame. `scale` turns egui's points into CSS pixels.
    pub fn update(&mut self, update: &TreeUpdate, scale: f64) -> Vec<Change> {
        let next = flattened(update, scale);
        let mut changes = Vec::new();
        // An element is one kind of thing for as long as it is in the page, so another role needs another element.
        let keeps: HashMap<NodeId, (Element, &str)> =
            next.iter().map(|node| (node.id, (node.element, node.role))).collect();
        self.order.retain(|id| {
            let stays = keeps
                .get(id)
                .is_some_and(|kind| self.shown.get(id).is_some_and(|old| (old.element, old.role) == *kind));
            if !stays {
                self.shown.remove(id);
                changes.push(Change::Remove(*id));
            }
            stays
        });
        self.place(next, &mut changes);
        let focus = self.shown.contains_key(&update.focus).then_some(update.focus);
        if focus != self.focus {
            self.focus = focus;
            changes.push(Change::Focus(focus));
        }
        changes
    }

    /// Adds, updates and moves. Elements that already follow their predecessor stay where they are.
    fn place(&mut self, next: Vec<Mirrored>, changes: &mut Vec<Change>) {
        let mut before: Option<NodeId> = None;
        let mut old_order = std::mem::take(&mut self.order).into_iter().peekable();
        let mut moved: Vec<NodeId> = Vec::new();
        for node in next {
            let id = node.id;
            match self.shown.get(&id) {
                None => changes.push(Change::Add(Box::new(node.clone()), before)),
                Some(old) => {
                    while old_order.peek().is_some_and(|next| moved.contains(next)) {
                        old_order.next();
                    }
                    if old_order.peek() == Some(&id) {
                        old_order.next();
                    } else {
                        moved.push(id);
                        changes.push(Change::Move(id, before));
                    }
                    if *old != node {
                        changes.push(Change::Update(Box::new(old.clone()), Box::new(node.clone())));
                    }
                }
            }
            self.shown.insert(id, node);
            self.order.push(id);
            before = Some(id);
        }
    }

    pub fn get(&self, id: NodeId) -> Option<&Mirrored> {
        self.shown.get(&id)
    }
}

fn flattened(update: &TreeUpdate, scale: f64) -> Vec<Mirrored> {
    let nodes: HashMap<NodeId, &Node> = update.nodes.iter().map(|(id, node)| (*id, node)).collect();
    let mut found = Vec::with_capacity(nodes.len());
    let Some(root) = update.tree.as_ref().map(|tree| tree.root) else { return found };
    let mut open = vec![root];
    while let Some(id) = open.pop() {
        let Some(node) = nodes.get(&id) else { continue };
        found.extend(mirrored(id, node, &nodes, scale));
        open.extend(node.children().iter().rev());
    }
    found
}

fn mirrored(id: NodeId, node: &Node, nodes: &HashMap<NodeId, &Node>, scale: f64) -> Option<Mirrored> {
    let role = aria_role(node.role())?;
    let is_text = matches!(node.role(), Role::Label | Role::Paragraph);
    let label = label(node, nodes, is_text);
    let is_focusable = node.supports_action(Action::Focus);
    if label.is_empty() && !is_focusable {
        return None;
    }
    let element = element(node.role());
    let is_secret = element == Element::Password;
    let number = node.numeric_value().map(|number| number.to_string());
    let text = node.value().filter(|_| !is_text && !is_secret).map(str::to_owned);
    Some(Mirrored {
        id,
        role,
        element,
        label,
        value: text.or(number),
        placeholder: node.placeholder().map(str::to_owned),
        toggled: node.toggled().map(|toggled| (toggle_word(node.role()), toggled_word(toggled))),
        is_expanded: node.is_expanded(),
        is_disabled: node.is_disabled(),
        is_focusable,
        is_clickable: node.supports_action(Action::Click),
        bounds: bounds(node, scale),
    })
}

fn label(node: &Node, nodes: &HashMap<NodeId, &Node>, is_text: bool) -> String {
    if let Some(label) = node.label() {
        return label.to_owned();
    }
    if is_text {
        return node.value().unwrap_or_default().to_owned();
    }
    let parts = node.labelled_by().iter().filter_map(|id| nodes.get(id));
    let parts: Vec<&str> = parts.filter_map(|node| node.value().or(node.label())).collect();
    parts.join(" ")
}

fn toggled_word(toggled: Toggled) -> &'static str {
    match toggled {
        Toggled::True => "true",
        Toggled::False => "false",
        Toggled::Mixed => "mixed",
    }
}

fn bounds(node: &Node, scale: f64) -> Bounds {
    let Some(rect) = node.bounds() else { return Bounds::default() };
    let pixels = |points: f64| (points * scale).round() as i32;
    Bounds {
        left: pixels(rect.x0),
        top: pixels(rect.y0),
        width: pixels(rect.x1 - rect.x0).max(1),
        height: pixels(rect.y1 - rect.y0).max(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use accesskit::{Rect, TreeId, TreeInfo};

    const ROOT: NodeId = NodeId(1);

    fn button(label: &str) -> Node {
        let mut node = Node::new(Role::Button);
        node.set_label(label);
        node.add_action(Action::Focus);
        node.add_action(Action::Click);
        node.set_bounds(Rect { x0: 10.0, y0: 20.0, x1: 110.0, y1: 48.0 });
        node
    }

    fn field(value: &str) -> Node {
        let mut node = Node::new(Role::TextInput);
        node.set_label("Name");
        node.set_value(value);
        node.add_action(Action::Focus);
        node
    }

    fn update(children: &[(u64, Node)], focus: u64) -> TreeUpdate {
        let mut root = Node::new(Role::Window);
        root.set_children(children.iter().map(|(id, _)| NodeId(*id)).collect::<Vec<_>>());
        let mut nodes = vec![(ROOT, root)];
        nodes.extend(children.iter().map(|(id, node)| (NodeId(*id), node.clone())));
        TreeUpdate { nodes, tree: Some(TreeInfo::new(ROOT)), tree_id: TreeId::ROOT, focus: NodeId(focus) }
    }

    fn names(changes: &[Change]) -> Vec<String> {
        let name = |change: &Change| match change {
            Change::Remove(id) => format!("remove {}", id.0),
            Change::Add(node, after) => format!("add {} after {:?}", node.label, after.map(|id| id.0)),
            Change::Update(_, node) => format!("update {}", node.label),
            Change::Move(id, after) => format!("move {} after {:?}", id.0, after.map(|id| id.0)),
            Change::Focus(id) => format!("focus {:?}", id.map(|id| id.0)),
        };
        changes.iter().map(name).collect()
    }

    #[test]
    fn an_equal_frame_changes_nothing() {
        let mut tree = Tree::default();
        let frame = update(&[(2, button("Save")), (3, field("a"))], 3);
        assert_eq!(
            names(&tree.update(&frame, 1.0)),
            ["add Save after None", "add Name after Some(2)", "focus Some(3)"]
        );
        assert_eq!(tree.update(&frame, 1.0), []);
    }

    #[test]
    fn only_what_differs_is_updated() {
        let mut tree = Tree::default();
        tree.update(&update(&[(2, button("Save")), (3, field("a"))], 1), 1.0);
        let changes = tree.update(&update(&[(2, button("Save")), (3, field("ab"))], 1), 1.0);
        let [Change::Update(old, new)] = changes.as_slice() else { panic!("{changes:?}") };
        assert_eq!((old.value.as_deref(), new.value.as_deref()), (Some("a"), Some("ab")));
    }

    #[test]
    fn nodes_go_come_and_keep_the_order_of_the_tree() {
        let mut tree = Tree::default();
        tree.update(&update(&[(2, button("A")), (3, button("B")), (4, button("C"))], 1), 1.0);
        let changes = tree.update(&update(&[(3, button("B")), (5, button("D")), (4, button("C"))], 1), 1.0);
        assert_eq!(names(&changes), ["remove 2", "add D after Some(3)"]);
        let changes = tree.update(&update(&[(4, button("C")), (3, button("B")), (5, button("D"))], 1), 1.0);
        assert_eq!(names(&changes), ["move 4 after None"]);
    }

    #[test]
    fn what_becomes_another_kind_of_thing_is_another_element() {
        let mut tree = Tree::default();
        tree.update(&update(&[(2, field("a"))], 2), 1.0);
        let changes = tree.update(&update(&[(2, button("Edit"))], 2), 1.0);
        assert_eq!(names(&changes), ["remove 2", "add Edit after None"]);
        let mut check = button("Edit");
        check.set_role(Role::CheckBox);
        let changes = tree.update(&update(&[(2, check)], 2), 1.0);
        assert_eq!(names(&changes), ["remove 2", "add Edit after None"]);
    }

    #[test]
    fn places_are_in_the_pages_pixels() {
        let mut tree = Tree::default();
        tree.update(&update(&[(2, button("Save"))], 1), 1.5);
        let bounds = tree.get(NodeId(2)).unwrap().bounds;
        assert_eq!(bounds, Bounds { left: 15, top: 30, width: 150, height: 42 });
    }

    #[test]
    fn a_password_is_never_in_the_page() {
        let mut secret = field("hunter2");
        secret.set_role(Role::PasswordInput);
        let mut tree = Tree::default();
        tree.update(&update(&[(2, secret)], 1), 1.0);
        assert_eq!(tree.get(NodeId(2)).unwrap().value, None);
    }

    #[test]
    fn states_are_said_in_the_words_of_the_role() {
        let mut check = Node::new(Role::CheckBox);
        check.set_label("Repeat");
        check.set_toggled(Toggled::Mixed);
        check.set_disabled();
        let mut tab = Node::new(Role::Tab);
        tab.set_label("Results");
        tab.set_toggled(Toggled::True);
        let mut tree = Tree::default();
        tree.update(&update(&[(2, check), (3, tab)], 1), 1.0);
        let check = tree.get(NodeId(2)).unwrap();
        assert_eq!((check.toggled, check.is_disabled), (Some((ToggleWord::Checked, "mixed")), true));
        assert_eq!(tree.get(NodeId(3)).unwrap().toggled, Some((ToggleWord::Selected, "true")));
    }

    #[test]
    fn a_field_takes_its_name_from_its_label() {
        let mut label = Node::new(Role::Label);
        label.set_value("Your name");
        let mut field = Node::new(Role::TextInput);
        field.add_action(Action::Focus);
        field.set_labelled_by(vec![NodeId(2)]);
        let mut tree = Tree::default();
        tree.update(&update(&[(2, label), (3, field)], 1), 1.0);
        assert_eq!(tree.get(NodeId(3)).unwrap().label, "Your name");
    }
}
