//! A harness over a fake studio: the whole interface without a window, with answers that a test lays down.
//!
//! Theme, size and answers are chosen in [`Setup`]; the clock stands still, nothing moves, nothing blinks.

pub mod canned;

pub use canned::{NOW, settings, studio};

use crate::app::App;
use crate::commands::AppCommand;
use crate::state::Route;
use crate::theme;
pub use crate::transport::fake::Studio;
use atelier_types::api::SettingsShow;
use atelier_types::settings::{Settings, ThemeChoice};
use egui::{LayerId, Theme, Ui, UiBuilder, Vec2, vec2};
use egui_kittest::Harness;

/// The size of the pictures that the interface is compared with.
pub const SIZE: Vec2 = vec2(1440.0, 900.0);
pub const SMALL_SIZE: Vec2 = vec2(1280.0, 720.0);
pub const LARGE_SIZE: Vec2 = vec2(2560.0, 1440.0);

/// The interface under test.
pub type AppHarness = Harness<'static, Stage>;

/// The application, from the first frame on.
pub struct Stage {
    studio: Studio,
    app: Option<App>,
}

impl Stage {
    /// The hands on the studio behind the interface.
    pub fn studio(&self) -> &Studio {
        &self.studio
    }

    /// Sends a command as a view would.
    pub fn send(&self, command: impl Into<AppCommand>) {
        if let Some(app) = &self.app {
            app.commands().send(command);
        }
    }

    /// Where the user is.
    pub fn route(&self) -> Route {
        self.app.as_ref().map(|app| app.session().route().clone()).unwrap_or_default()
    }

    fn show(&mut self, ui: &Ui) {
        let ctx = ui.ctx();
        let app = self.app.get_or_insert_with(|| {
            let app = App::new(ctx, self.studio.backend(), Box::new(|| NOW));
            theme::still(ctx);
            ctx.all_styles_mut(|style| style.visuals.text_cursor.blink = false);
            app
        });
        app.run_logic(ctx);
        // The harness leaves a margin around its own `Ui`; the interface fills the window.
        let window = UiBuilder::new().layer_id(LayerId::background()).max_rect(ctx.content_rect());
        app.draw(&mut Ui::new(ctx.clone(), egui::Id::unique("window"), window));
    }
}

/// What a test begins with.
pub struct Setup {
    pub studio: Studio,
    pub settings: Settings,
    pub theme: Theme,
    pub size: Vec2,
    /// Where the interface is led before the test begins.
    pub route: Route,
}

impl Default for Setup {
    /// The canned workspace at home, in the light theme.
    fn default() -> Self {
        Self { studio: studio(), settings: settings(), theme: Theme::Light, size: SIZE, route: Route::Home }
    }
}

impl Setup {
    /// The canned workspace at a place.
    pub fn at(route: Route) -> Self {
        Self { route, ..Self::default() }
    }

    /// Builds the interface, goes to the place and lets everything come to rest.
    pub fn build(self) -> AppHarness {
        let theme_choice = if self.theme == Theme::Light { ThemeChoice::Light } else { ThemeChoice::Dark };
        self.studio.answer::<SettingsShow>(Settings { theme: theme_choice, ..self.settings });
        let stage = Stage { studio: self.studio, app: None };
        let mut harness = Harness::builder()
            .with_size(self.size)
            .with_theme(self.theme)
            .with_max_steps(64)
            .with_context_setup(theme::install)
            .build_ui_state(|ui, stage: &mut Stage| stage.show(ui), stage);
        harness.run();
        harness.state().send(self.route);
        harness.run();
        harness
    }
}

/// Writes what is on the screen to a file, to be looked at.
pub fn save_picture(harness: &mut AppHarness, path: &std::path::Path) -> Result<(), String> {
    harness.render()?.save(path).map_err(|error| error.to_string())
}
