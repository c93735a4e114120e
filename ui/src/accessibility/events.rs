//! What is done to the mirror's elements, as egui's input. One set of listeners serves all elements.

use super::dom::{NODE, with_page};
use accesskit::{Action, ActionData, ActionRequest, NodeId, TreeId};
use egui::{Event as Input, Key, Modifiers};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Event, HtmlElement, HtmlInputElement, HtmlTextAreaElement, KeyboardEvent};

/// The listeners live as long as the page.
pub(super) fn listen(root: &HtmlElement) -> Result<(), JsValue> {
    on(root, "click", |event| act(&event, Action::Click, None))?;
    on(root, "focusin", |event| act(&event, Action::Focus, None))?;
    on(root, "focusout", |event| {
        if let Some(id) = node_of(&event) {
            with_page(|page| page.forget_typed(id));
        }
    })?;
    on(root, "input", |event| {
        if let (Some(id), Some(text)) = (node_of(&event), text_of(&event)) {
            with_page(|page| page.remember_typed(id, text.clone()));
            act(&event, Action::SetValue, Some(ActionData::Value(text.into())));
        }
    })?;
    on(root, "keydown", |event| forward_key(&event, true))?;
    on(root, "keyup", |event| forward_key(&event, false))
}

fn on(root: &HtmlElement, name: &str, listener: impl Fn(Event) + 'static) -> Result<(), JsValue> {
    let listener = Closure::<dyn Fn(Event)>::new(listener);
    root.add_event_listener_with_callback(name, listener.as_ref().unchecked_ref())?;
    listener.forget();
    Ok(())
}

fn act(event: &Event, action: Action, data: Option<ActionData>) {
    let Some(target_node) = node_of(event) else { return };
    with_page(|page| page.request(ActionRequest { action, target_tree: TreeId::ROOT, target_node, data }));
}

fn node_of(event: &Event) -> Option<NodeId> {
    let element = event.target()?.dyn_into::<HtmlElement>().ok()?;
    Some(NodeId(element.get_attribute(NODE)?.parse().ok()?))
}

fn text_of(event: &Event) -> Option<String> {
    let target = event.target()?;
    if let Some(input) = target.dyn_ref::<HtmlInputElement>() {
        return Some(input.value());
    }
    target.dyn_ref::<HtmlTextAreaElement>().map(HtmlTextAreaElement::value)
}

/// Keys that the element does not need itself go to egui: shortcuts everywhere, all others outside of fields.
fn forward_key(event: &Event, pressed: bool) {
    let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
    let Some(key) = Key::from_name(&event.key()) else { return };
    // The page's own order of elements is the tree's.
    if key == Key::Tab || (is_field(event) && is_for_field(event, key)) {
        return;
    }
    let modifiers = modifiers(event);
    with_page(|page| {
        page.send(Input::Key { key, physical_key: None, pressed, repeat: event.repeat(), modifiers });
    });
    if !is_left_to_browser(key) {
        event.prevent_default();
    }
}

fn is_field(event: &KeyboardEvent) -> bool {
    event.target().is_some_and(|target| target.is_instance_of::<HtmlInputElement>() || is_area(&target))
}

fn is_area(target: &web_sys::EventTarget) -> bool {
    target.is_instance_of::<HtmlTextAreaElement>()
}

fn is_for_field(event: &KeyboardEvent, key: Key) -> bool {
    if event.ctrl_key() || event.meta_key() {
        return matches!(key, Key::A | Key::C | Key::V | Key::X | Key::Y | Key::Z);
    }
    match key {
        Key::Enter => event.target().is_some_and(|target| is_area(&target)),
        Key::Escape | Key::F1 | Key::F2 | Key::F3 | Key::F6 => false,
        _ => !event.alt_key(),
    }
}

fn is_left_to_browser(key: Key) -> bool {
    matches!(key, Key::F5 | Key::F11 | Key::F12)
}

fn modifiers(event: &KeyboardEvent) -> Modifiers {
    let (ctrl, meta) = (event.ctrl_key(), event.meta_key());
    Modifiers { alt: event.alt_key(), ctrl, shift: event.shift_key(), mac_cmd: meta, command: ctrl || meta }
}
