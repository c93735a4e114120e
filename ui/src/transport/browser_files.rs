//! Files that the user picks in a browser: a hidden field does what a desktop's dialog does.

use super::HostAnswer;
use atelier_types::error::{ApiError, ErrorKind};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Document, Event, File, HtmlInputElement};

type Done = Rc<RefCell<Option<Box<dyn FnOnce(HostAnswer)>>>>;

/// Opens the browser's dialog and gives the file, or that there is none, to `done`, once.
pub fn pick(extensions: &[String], done: impl FnOnce(HostAnswer) + 'static) {
    let done: Done = Rc::new(RefCell::new(Some(Box::new(done))));
    if let Err(error) = open(extensions, &done) {
        answer(&done, HostAnswer::Failed(failed(&error)));
    }
}

fn answer(done: &Done, with: HostAnswer) {
    if let Some(done) = done.borrow_mut().take() {
        done(with);
    }
}

fn open(extensions: &[String], done: &Done) -> Result<(), JsValue> {
    let document: Document = web_sys::window().and_then(|window| window.document()).ok_or("there is no page")?;
    let input: HtmlInputElement = document.create_element("input")?.dyn_into()?;
    input.set_type("file");
    let endings: Vec<String> = extensions.iter().map(|ending| format!(".{ending}")).collect();
    input.set_accept(&endings.join(","));
    listen(&input, "change", done, |input, done| {
        let file = input.files().and_then(|files| files.get(0));
        match file {
            Some(file) => read(file, done),
            None => answer(&done, HostAnswer::Cancelled),
        }
    })?;
    listen(&input, "cancel", done, |_, done| answer(&done, HostAnswer::Cancelled))?;
    input.click();
    Ok(())
}

/// The listener lives until the field is gone, which is when the page lets go of it.
fn listen(
    input: &HtmlInputElement,
    name: &str,
    done: &Done,
    act: impl Fn(HtmlInputElement, Done) + 'static,
) -> Result<(), JsValue> {
    let done = Rc::clone(done);
    let listener = Closure::<dyn Fn(Event)>::new(move |event: Event| {
        if let Some(input) = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) {
            act(input, Rc::clone(&done));
        }
    });
    input.add_event_listener_with_callback(name, listener.as_ref().unchecked_ref())?;
    listener.forget();
    Ok(())
}

fn read(file: File, done: Done) {
    spawn_local(async move {
        let text = JsFuture::from(file.text()).await;
        let with = match text.map(|text| text.as_string()) {
            Ok(Some(content)) => HostAnswer::File { name: file.name(), content },
            Ok(None) => HostAnswer::Failed(failed(&JsValue::from_str("it is no text"))),
            Err(error) => HostAnswer::Failed(failed(&error)),
        };
        answer(&done, with);
    });
}

fn failed(error: &JsValue) -> ApiError {
    let reason = error.as_string().unwrap_or_else(|| "the browser refused".to_owned());
    ApiError::new(ErrorKind::Unavailable, "interface.file", "The file could not be read").with_cause(reason)
}
