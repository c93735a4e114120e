//! Where the user is. Every screen can be named, so that a toast, the palette or a test can lead to it.

use atelier_types::ids::{CellId, DatasetName, ExperimentName, PromptName, ReviewSetName, RunId, VariantId};
use atelier_types::prompt::VersionRef;

#[derive(Clone, Debug, Default, PartialEq)]
pub enum Route {
    #[default]
    Home,
    Prompts {
        /// The list alone where this is missing.
        name: Option<PromptName>,
        mode: PromptMode,
    },
    Experiments {
        name: Option<ExperimentName>,
        run: Option<RunId>,
        /// A cell that is open over the grid.
        cell: Option<CellId>,
    },
    Compare {
        baseline: Option<(RunId, VariantId)>,
        candidate: Option<(RunId, VariantId)>,
    },
    Review {
        set: Option<ReviewSetName>,
    },
    Datasets {
        name: Option<DatasetName>,
    },
    Models,
    Settings,
}

/// What is shown of a prompt.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum PromptMode {
    #[default]
    Edit,
    History,
    /// Two versions against each other.
    Diff {
        from: VersionRef,
        to: VersionRef,
    },
}

/// A room of the rail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Room {
    Home,
    Prompts,
    Experiments,
    Compare,
    Review,
    Datasets,
    Models,
    Settings,
}

impl Room {
    pub const ALL: [Self; 8] = [
        Self::Home,
        Self::Prompts,
        Self::Experiments,
        Self::Compare,
        Self::Review,
        Self::Datasets,
        Self::Models,
        Self::Settings,
    ];

    pub fn title(self) -> &'static str {
        match self {
            Self::Home => "Home",
            Self::Prompts => "Prompts",
            Self::Experiments => "Experiments",
            Self::Compare => "Compare",
            Self::Review => "Review",
            Self::Datasets => "Datasets",
            Self::Models => "Models",
            Self::Settings => "Settings",
        }
    }

    /// Whether there is something to see without an open workspace.
    pub fn is_open_without_workspace(self) -> bool {
        matches!(self, Self::Home | Self::Settings)
    }

    /// The room's first screen.
    pub fn route(self) -> Route {
        match self {
            Self::Home => Route::Home,
            Self::Prompts => Route::Prompts { name: None, mode: PromptMode::Edit },
            Self::Experiments => Route::Experiments { name: None, run: None, cell: None },
            Self::Compare => Route::Compare { baseline: None, candidate: None },
            Self::Review => Route::Review { set: None },
            Self::Datasets => Route::Datasets { name: None },
            Self::Models => Route::Models,
            Self::Settings => Route::Settings,
        }
    }
}

impl Route {
    pub fn room(&self) -> Room {
        match self {
            Self::Home => Room::Home,
            Self::Prompts { .. } => Room::Prompts,
            Self::Experiments { .. } => Room::Experiments,
            Self::Compare { .. } => Room::Compare,
            Self::Review { .. } => Room::Review,
            Self::Datasets { .. } => Room::Datasets,
            Self::Models => Room::Models,
            Self::Settings => Room::Settings,
        }
    }

    /// The editor of one prompt.
    pub fn prompt(name: impl Into<PromptName>) -> Self {
        Self::Prompts { name: Some(name.into()), mode: PromptMode::Edit }
    }

    pub fn history(name: impl Into<PromptName>) -> Self {
        Self::Prompts { name: Some(name.into()), mode: PromptMode::History }
    }
}

/// The way back. The last place of each room is remembered, so that the rail returns to it.
#[derive(Clone, Debug, Default)]
pub struct Trail {
    current: Route,
    before: Vec<Route>,
}

/// Steps back that are remembered.
const MAX_STEPS: usize = 64;

impl Trail {
    pub fn current(&self) -> &Route {
        &self.current
    }

    pub fn go(&mut self, route: Route) {
        if route == self.current {
            return;
        }
        self.before.push(std::mem::replace(&mut self.current, route));
        if self.before.len() > MAX_STEPS {
            self.before.remove(0);
        }
    }

    /// Goes on without a step back: the place got another name.
    pub fn replace(&mut self, route: Route) {
        self.current = route;
    }

    pub fn back(&mut self) {
        if let Some(route) = self.before.pop() {
            self.current = route;
        }
    }

    /// Enters a room where it was left.
    pub fn enter(&mut self, room: Room) {
        if self.current.room() == room {
            return;
        }
        let last = self.before.iter().rev().find(|route| route.room() == room).cloned();
        self.go(last.unwrap_or_else(|| room.route()));
    }

    /// Another workspace: no place of the old one is left.
    pub fn restart(&mut self, route: Route) {
        *self = Self { current: route, before: Vec::new() };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_is_entered_where_it_was_left() {
        let mut trail = Trail::default();
        trail.go(Route::prompt("billing/invoice"));
        trail.enter(Room::Models);
        trail.enter(Room::Prompts);
        assert_eq!(*trail.current(), Route::prompt("billing/invoice"));
    }

    #[test]
    fn going_to_where_one_is_makes_no_step() {
        let mut trail = Trail::default();
        trail.go(Route::Models);
        trail.go(Route::Models);
        trail.back();
        assert_eq!(*trail.current(), Route::Home);
    }

    #[test]
    fn each_room_leads_to_itself() {
        for room in Room::ALL {
            assert_eq!(room.route().room(), room);
        }
    }
}
