//! The program that runs in the page.

/// Told to the page's loader, which takes the loading message away or shows what went wrong.
#[cfg(target_arch = "wasm32")]
fn main() {
    wasm_bindgen_futures::spawn_local(async {
        let failure = atelier_ui::web::start().await.err();
        atelier_ui::web::report_start(failure);
    });
}

/// Elsewhere there is no page.
#[cfg(not(target_arch = "wasm32"))]
fn main() {}
