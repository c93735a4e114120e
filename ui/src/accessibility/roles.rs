//! AccessKit's roles in the words of ARIA.

use accesskit::Role;

/// Which element stands for a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Element {
    Generic,
    /// One line of text to edit.
    Input,
    /// A password: its value is never mirrored.
    Password,
    /// Several lines of text to edit.
    TextArea,
}

impl Element {
    pub fn is_text(self) -> bool {
        self != Self::Generic
    }
}

/// How a two-state node says its state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToggleWord {
    Checked,
    Selected,
    Pressed,
}

impl ToggleWord {
    pub fn attribute(self) -> &'static str {
        match self {
            Self::Checked => "aria-checked",
            Self::Selected => "aria-selected",
            Self::Pressed => "aria-pressed",
        }
    }
}

/// The ARIA role; `None` for nodes that only hold others.
pub fn aria_role(role: Role) -> Option<&'static str> {
    Some(match role {
        Role::Button | Role::DefaultButton | Role::DisclosureTriangle => "button",
        Role::Link => "link",
        Role::CheckBox => "checkbox",
        Role::Switch => "switch",
        Role::RadioButton => "radio",
        Role::RadioGroup => "radiogroup",
        Role::TextInput | Role::MultilineTextInput | Role::PasswordInput => "textbox",
        Role::SearchInput => "searchbox",
        Role::ComboBox | Role::EditableComboBox => "combobox",
        Role::Slider => "slider",
        Role::SpinButton => "spinbutton",
        Role::ProgressIndicator => "progressbar",
        Role::Tab => "tab",
        Role::TabList => "tablist",
        Role::TabPanel => "tabpanel",
        Role::List => "list",
        Role::ListItem => "listitem",
        Role::ListBox => "listbox",
        Role::ListBoxOption => "option",
        Role::Table => "table",
        Role::Grid | Role::ListGrid => "grid",
        Role::Row => "row",
        Role::Cell => "cell",
        Role::GridCell => "gridcell",
        Role::ColumnHeader => "columnheader",
        Role::RowHeader => "rowheader",
        Role::Tree => "tree",
        Role::TreeItem => "treeitem",
        Role::Menu => "menu",
        Role::MenuBar => "menubar",
        Role::MenuItem => "menuitem",
        Role::MenuItemCheckBox => "menuitemcheckbox",
        Role::MenuItemRadio => "menuitemradio",
        Role::Dialog => "dialog",
        Role::AlertDialog => "alertdialog",
        Role::Alert => "alert",
        Role::Status => "status",
        Role::Tooltip => "tooltip",
        Role::Image => "img",
        Role::Heading => "heading",
        Role::Group => "group",
        Role::Region => "region",
        Role::Toolbar => "toolbar",
        Role::Label | Role::Paragraph => "text",
        _ => return None,
    })
}

pub fn element(role: Role) -> Element {
    match role {
        Role::TextInput | Role::SearchInput | Role::EditableComboBox => Element::Input,
        Role::PasswordInput => Element::Password,
        Role::MultilineTextInput => Element::TextArea,
        _ => Element::Generic,
    }
}

pub fn toggle_word(role: Role) -> ToggleWord {
    match role {
        Role::CheckBox | Role::Switch | Role::RadioButton | Role::MenuItemCheckBox | Role::MenuItemRadio => {
            ToggleWord::Checked
        }
        Role::Tab | Role::ListBoxOption | Role::Row | Role::GridCell | Role::TreeItem => ToggleWord::Selected,
        _ => ToggleWord::Pressed,
    }
}
