//! What outlives the window. It is the studio that writes it down; here is the copy that the interface works with.
//!
//! Changes are shown at once and saved behind them, so that a switch never waits for a disk.

use atelier_types::settings::Settings;

#[derive(Clone, Debug, Default)]
pub struct Persisted {
    settings: Settings,
    is_loaded: bool,
    unsaved: bool,
    /// What was told last. It stays in the cache after a save, and must not undo the save.
    told: Option<Settings>,
}

impl Persisted {
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Whether the studio has told what is remembered; before that nothing may be written over it.
    pub fn is_loaded(&self) -> bool {
        self.is_loaded
    }

    /// Takes in what the studio remembers, unless a newer change waits to be saved.
    pub fn load(&mut self, settings: &Settings) {
        if self.unsaved || self.told.as_ref() == Some(settings) {
            return;
        }
        self.told = Some(settings.clone());
        self.settings.clone_from(settings);
        self.is_loaded = true;
    }

    pub fn change(&mut self, change: impl FnOnce(&mut Settings)) {
        let before = self.settings.clone();
        change(&mut self.settings);
        self.unsaved |= self.settings != before;
    }

    /// Settings that have to be sent, once.
    pub fn take_unsaved(&mut self) -> Option<Settings> {
        let is_due = self.unsaved && self.is_loaded;
        is_due.then(|| {
            self.unsaved = false;
            self.settings.clone()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use atelier_types::settings::ThemeChoice;

    #[test]
    fn nothing_is_written_before_it_was_read() {
        let mut persisted = Persisted::default();
        persisted.change(|settings| settings.theme = ThemeChoice::Dark);
        assert!(persisted.take_unsaved().is_none());
    }

    #[test]
    fn an_answer_from_before_a_save_does_not_undo_it() {
        let mut persisted = Persisted::default();
        persisted.load(&Settings::default());
        persisted.change(|settings| settings.theme = ThemeChoice::Dark);
        assert!(persisted.take_unsaved().is_some());
        persisted.load(&Settings::default());
        assert_eq!(persisted.settings().theme, ThemeChoice::Dark);
    }

    #[test]
    fn a_change_is_sent_once_and_not_overwritten_meanwhile() {
        let mut persisted = Persisted::default();
        persisted.load(&Settings::default());
        persisted.change(|settings| settings.is_tour_done = true);
        persisted.load(&Settings::default());
        assert!(persisted.take_unsaved().is_some_and(|settings| settings.is_tour_done));
        assert!(persisted.take_unsaved().is_none());
    }
}
