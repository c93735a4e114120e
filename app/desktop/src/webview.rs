//! The Tauri window. The web files are read from the resources at run time, so that the interface can be built without
//! linking the window again.

use crate::commands::{self, Sender};
use anyhow::Context as _;
use atelier::environment::resources;
use atelier_core::api::{self, Studio};
use atelier_types::api::{Nothing, SettingsSave, SettingsSaveRequest, SettingsShow};
use atelier_types::settings::{Settings, WindowState};
use std::borrow::Cow;
use std::path::{Component, Path, PathBuf};
use tauri::utils::assets::{AssetKey, AssetsIter, CspHash};
use tauri::webview::WebviewWindowBuilder;
use tauri::{App, AppHandle, Manager as _, RunEvent, WebviewUrl, WebviewWindow, WindowEvent, Wry};
use tokio::runtime::Runtime;

const WINDOW: &str = "main";
const START_SIZE: (f64, f64) = (1440.0, 900.0);
const MIN_SIZE: (f64, f64) = (960.0, 600.0);

pub fn run(studio: Studio, runtime: &Runtime, settings: &Settings) -> anyhow::Result<()> {
    #[cfg(target_os = "linux")]
    start_again_for_nvidia();
    tauri::async_runtime::set(runtime.handle().clone());
    let web = resources().join("web");
    anyhow::ensure!(web.join("index.html").is_file(), "The web interface is missing: {}", web.display());
    let mut context = tauri::generate_context!();
    context.set_assets(Box::new(WebFiles(web)));
    let window = settings.window;
    let app = tauri::Builder::default()
        .manage(studio)
        .manage(Sender::default())
        .invoke_handler(tauri::generate_handler![
            commands::call,
            commands::subscribe,
            commands::pick_folder,
            commands::pick_file,
            commands::save_path,
            commands::open_url,
            commands::reopen_natively,
        ])
        .setup(move |app| Ok(open_window(app, window)?))
        .build(context)
        .context("Failed to open the window")?;
    app.run(|app, event| {
        if let RunEvent::WindowEvent { event: WindowEvent::CloseRequested { .. }, .. } = event {
            tauri::async_runtime::block_on(remember_window(app));
        }
    });
    Ok(())
}

fn open_window(app: &App, state: Option<WindowState>) -> tauri::Result<()> {
    let mut builder = WebviewWindowBuilder::new(app, WINDOW, WebviewUrl::App("index.html".into()))
        .title("Atelier")
        .min_inner_size(MIN_SIZE.0, MIN_SIZE.1);
    builder = match state {
        Some(state) => {
            builder.position(state.x, state.y).inner_size(state.width, state.height).maximized(state.is_maximized)
        }
        None => builder.inner_size(START_SIZE.0, START_SIZE.1).center(),
    };
    builder.build().map(drop)
}

/// Place and size in logical pixels; `None` while the window system does not say.
fn window_state(window: &WebviewWindow<Wry>) -> Option<WindowState> {
    let scale = window.scale_factor().ok()?;
    let place = window.outer_position().ok()?.to_logical::<f64>(scale);
    let size = window.inner_size().ok()?.to_logical::<f64>(scale);
    let is_maximized = window.is_maximized().ok()?;
    Some(WindowState { x: place.x, y: place.y, width: size.width, height: size.height, is_maximized })
}

/// Writes down where the window is.
pub async fn remember_window(app: &AppHandle) {
    let state = app.get_webview_window(WINDOW).and_then(|window| window_state(&window));
    let Some(state) = state else { return };
    let studio = app.state::<Studio>();
    if let Ok(mut settings) = api::call::<SettingsShow>(&studio, Nothing {}).await {
        settings.window = Some(state);
        // A window that opens elsewhere next time is no reason to keep this one open.
        let _not_saved = api::call::<SettingsSave>(&studio, SettingsSaveRequest { settings }).await;
    }
}

/// The web interface's folder as Tauri asks for it.
struct WebFiles(PathBuf);

impl tauri::Assets<Wry> for WebFiles {
    fn get(&self, key: &AssetKey) -> Option<Cow<'_, [u8]>> {
        let name = Path::new(key.as_ref().trim_start_matches('/'));
        let is_plain = name.components().all(|part| matches!(part, Component::Normal(_)));
        let bytes = is_plain.then(|| std::fs::read(self.0.join(name)))?.ok()?;
        Some(Cow::Owned(bytes))
    }

    /// Tauri only lists what is embedded into the program, and nothing is.
    fn iter(&self) -> Box<AssetsIter<'_>> {
        Box::new(std::iter::empty())
    }

    /// There are no inline scripts or styles.
    fn csp_hashes(&self, _html_path: &AssetKey) -> Box<dyn Iterator<Item = CspHash<'_>> + '_> {
        Box::new(std::iter::empty())
    }
}

/// WebKitGTK shows an empty window with NVIDIA's driver unless this variable is set before anything of it is loaded, so
/// the program starts itself again with it.
#[cfg(target_os = "linux")]
fn start_again_for_nvidia() {
    use std::os::unix::process::CommandExt as _;
    const VARIABLE: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";
    if std::env::var_os(VARIABLE).is_some() || !Path::new("/proc/driver/nvidia/version").exists() {
        return;
    }
    if let Ok(program) = std::env::current_exe() {
        let err = std::process::Command::new(program).args(std::env::args_os().skip(1)).env(VARIABLE, "1").exec();
        eprintln!("warning: Failed to start again for NVIDIA's driver: {err}");
    }
}
