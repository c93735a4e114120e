//! The real window, driven through its webview.

use atelier_tests::display::Display;
use atelier_tests::main_job::{self, left_behind};
use atelier_tests::programs::program;
use atelier_tests::sandbox::Sandbox;
use atelier_tests::stand_in::StandIn;
use atelier_tests::webdriver::Driver;
use tokio::runtime::Runtime;

/// The window on a display of its own. The driver gives its environment to the program that it starts.
async fn open(sandbox: &Sandbox, display: &Display, arguments: &[&str]) -> Driver {
    let mut driver = sandbox.command("WebKitWebDriver");
    driver.env("DISPLAY", display.name()).env("GDK_BACKEND", "x11").env("LIBGL_ALWAYS_SOFTWARE", "1");
    driver.env("WEBKIT_DISABLE_DMABUF_RENDERER", "1").env("NO_AT_BRIDGE", "1");
    Driver::webkit(driver, &program("atelier-desktop"), arguments).await
}

#[test]
fn main_job_is_done_in_the_window() {
    let (sandbox, stand_in) = (Sandbox::new(), StandIn::start());
    let folder = main_job::workspace(&sandbox, &stand_in);
    let display = Display::start(1440, 900);
    let num_actions = Runtime::new().unwrap().block_on(async {
        let window = open(&sandbox, &display, &[folder.to_str().unwrap()]).await;
        main_job::do_main_job(&window, &folder).await
    });
    println!("the main job took {num_actions} actions in the window");
    left_behind::assert_done(&sandbox, &folder, &stand_in);
}

#[test]
fn demo_opens_in_the_window() {
    let sandbox = Sandbox::new();
    let display = Display::start(1440, 900);
    Runtime::new().unwrap().block_on(async {
        let window = open(&sandbox, &display, &["--demo"]).await;
        main_job::look_at_demo(&window).await;
    });
}
