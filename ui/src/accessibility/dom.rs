//! The mirror in the page: one hidden element for each node, kept up to date by changes alone.
//!
//! The page has one thread, but egui's plugins must be `Send`; so the elements live in a thread-local and the plugin
//! only holds the pure tree.

use super::events;
use super::roles::Element as Kind;
use super::tree::{Change, Mirrored, Tree};
use accesskit::{ActionRequest, NodeId};
use egui::{Context, Event, FullOutput, RawInput};
use std::cell::RefCell;
use std::collections::HashMap;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Document, HtmlCanvasElement, HtmlElement, HtmlInputElement, HtmlTextAreaElement};

thread_local! {
    static PAGE: RefCell<Option<Page>> = const { RefCell::new(None) };
}

/// Attribute that joins an element and its node.
pub(super) const NODE: &str = "data-node";

/// The elements, and what was done to them since the last frame.
pub(super) struct Page {
    document: Document,
    canvas: HtmlCanvasElement,
    root: HtmlElement,
    elements: HashMap<NodeId, HtmlElement>,
    /// Text that was typed into an element and that egui has not shown yet.
    typed: HashMap<NodeId, String>,
    input: Vec<Event>,
    ctx: Option<Context>,
}

/// The mirror before the interface starts.
pub struct Mirror(());

impl Mirror {
    /// Puts the empty mirror over the canvas.
    pub fn attach(document: &Document, canvas: &HtmlCanvasElement) -> Result<Self, JsValue> {
        let root: HtmlElement = document.create_element("div")?.dyn_into()?;
        root.set_id("atelier-mirror");
        let parent = canvas.parent_node().ok_or("the canvas is not in the page")?;
        parent.insert_before(&root, canvas.next_sibling().as_ref())?;
        canvas.remove_attribute("aria-hidden")?;
        canvas.set_attribute("role", "application")?;
        canvas.set_attribute("aria-label", "Atelier")?;
        canvas.set_attribute("aria-owns", "atelier-mirror")?;
        events::listen(&root)?;
        let page = Page {
            document: document.clone(),
            canvas: canvas.clone(),
            root,
            elements: HashMap::new(),
            typed: HashMap::new(),
            input: Vec::new(),
            ctx: None,
        };
        PAGE.set(Some(page));
        Ok(Self(()))
    }

    /// From now on the mirror follows this interface.
    pub fn install(self, ctx: &Context) {
        ctx.enable_accesskit();
        with_page(|page| page.ctx = Some(ctx.clone()));
        ctx.add_plugin(MirrorPlugin::default());
    }
}

#[derive(Default)]
struct MirrorPlugin {
    tree: Tree,
}

impl egui::Plugin for MirrorPlugin {
    fn debug_name(&self) -> &'static str {
        "accessibility mirror"
    }

    fn input_hook(&mut self, _ctx: &Context, input: &mut RawInput) {
        with_page(|page| {
            input.events.append(&mut page.input);
            // Who works in the mirror works in the interface.
            input.focused |= page.has_focus();
        });
    }

    fn output_hook(&mut self, ctx: &Context, output: &mut FullOutput) {
        let Some(update) = &output.platform_output.accesskit_update else { return };
        let changes = self.tree.update(update, f64::from(ctx.zoom_factor()));
        with_page(|page| {
            for change in &changes {
                // An element that cannot be changed is one that a script took out of the page.
                page.apply(change).ok();
            }
        });
    }
}

/// Does nothing while the page is already borrowed: a change of ours has set off an event.
pub(super) fn with_page<R>(act: impl FnOnce(&mut Page) -> R) -> Option<R> {
    PAGE.with(|page| page.try_borrow_mut().ok()?.as_mut().map(act))
}

impl Page {
    pub(super) fn send(&mut self, event: Event) {
        self.input.push(event);
        if let Some(ctx) = &self.ctx {
            ctx.request_repaint();
        }
    }

    pub(super) fn request(&mut self, request: ActionRequest) {
        self.send(Event::AccessKitActionRequest(request));
    }

    pub(super) fn remember_typed(&mut self, id: NodeId, text: String) {
        self.typed.insert(id, text);
    }

    pub(super) fn forget_typed(&mut self, id: NodeId) {
        self.typed.remove(&id);
    }

    fn has_focus(&self) -> bool {
        self.document.active_element().is_some_and(|active| self.root.contains(Some(&active)) && active != *self.root)
    }

    fn apply(&mut self, change: &Change) -> Result<(), JsValue> {
        match change {
            Change::Remove(id) => {
                self.typed.remove(id);
                if let Some(element) = self.elements.remove(id) {
                    element.remove();
                }
            }
            Change::Add(node, after) => {
                let element = self.create(node)?;
                self.elements.insert(node.id, element);
                self.put_after(node.id, *after)?;
            }
            Change::Update(old, new) => self.write(Some(old), new)?,
            Change::Move(id, after) => self.put_after(*id, *after)?,
            Change::Focus(id) => self.follow_focus(*id)?,
        }
        Ok(())
    }

    fn create(&mut self, node: &Mirrored) -> Result<HtmlElement, JsValue> {
        let tag = match node.element {
            Kind::Generic => "div",
            Kind::Input | Kind::Password => "input",
            Kind::TextArea => "textarea",
        };
        let element: HtmlElement = self.document.create_element(tag)?.dyn_into()?;
        element.set_attribute(NODE, &node.id.0.to_string())?;
        element.set_id(&format!("node-{}", node.id.0));
        element.set_attribute("role", node.role)?;
        if node.element == Kind::Password {
            element.set_attribute("type", "password")?;
            element.set_attribute("autocomplete", "off")?;
        }
        self.elements.insert(node.id, element.clone());
        self.write(None, node)?;
        Ok(element)
    }

    fn put_after(&self, id: NodeId, after: Option<NodeId>) -> Result<(), JsValue> {
        let Some(element) = self.elements.get(&id) else { return Ok(()) };
        let next = match after.and_then(|after| self.elements.get(&after)) {
            Some(before) => before.next_sibling(),
            None => self.root.first_child(),
        };
        self.root.insert_before(element, next.as_ref())?;
        Ok(())
    }

    /// Writes what differs.
    fn write(&mut self, old: Option<&Mirrored>, new: &Mirrored) -> Result<(), JsValue> {
        let Some(element) = self.elements.get(&new.id).cloned() else { return Ok(()) };
        if old.is_none_or(|old| old.label != new.label) {
            element.set_attribute("aria-label", &new.label)?;
            if !new.element.is_text() {
                element.set_text_content(Some(&new.label));
            }
        }
        if old.is_none_or(|old| old.bounds != new.bounds) {
            place(&element, new)?;
        }
        if old.is_none_or(|old| old.value != new.value) {
            self.write_value(&element, new)?;
        }
        let placeholder = new.placeholder.as_deref();
        if old.map(|old| old.placeholder.as_deref()) != Some(placeholder) {
            set_or_remove(&element, "placeholder", placeholder)?;
        }
        let toggled = new.toggled.filter(|_| old.map(|old| old.toggled) != Some(new.toggled));
        if let Some((word, state)) = toggled {
            element.set_attribute(word.attribute(), state)?;
        }
        if old.map(|old| old.is_expanded) != Some(new.is_expanded) {
            set_or_remove(&element, "aria-expanded", new.is_expanded.map(|is| if is { "true" } else { "false" }))?;
        }
        if old.map(|old| old.is_disabled) != Some(new.is_disabled) {
            set_or_remove(&element, "aria-disabled", new.is_disabled.then_some("true"))?;
        }
        if old.map(|old| old.is_focusable) != Some(new.is_focusable) {
            set_or_remove(&element, "tabindex", new.is_focusable.then_some("0"))?;
        }
        Ok(())
    }

    /// Text that is being typed here goes before text that egui shows from before it.
    fn write_value(&mut self, element: &HtmlElement, new: &Mirrored) -> Result<(), JsValue> {
        let value = new.value.as_deref().unwrap_or_default();
        if !new.element.is_text() {
            return set_or_remove(element, "aria-valuenow", new.value.as_deref());
        }
        match self.typed.get(&new.id) {
            Some(typed) if typed != value => return Ok(()),
            Some(_) => self.forget_typed(new.id),
            None => {}
        }
        if let Some(input) = element.dyn_ref::<HtmlInputElement>() {
            input.set_value(value);
        } else if let Some(area) = element.dyn_ref::<HtmlTextAreaElement>() {
            area.set_value(value);
        }
        Ok(())
    }

    /// The page's focus only follows while it is in the mirror: the canvas needs it for typing.
    fn follow_focus(&self, id: Option<NodeId>) -> Result<(), JsValue> {
        let name = id.map(|id| format!("node-{}", id.0));
        set_or_remove(&self.canvas, "aria-activedescendant", name.as_deref())?;
        if let Some(element) = id.and_then(|id| self.elements.get(&id)).filter(|_| self.has_focus()) {
            element.focus()?;
        }
        Ok(())
    }
}

/// Without `style` attributes, which a strict policy refuses: properties set by script are allowed.
fn place(element: &HtmlElement, node: &Mirrored) -> Result<(), JsValue> {
    let style = element.style();
    style.set_property("left", &format!("{}px", node.bounds.left))?;
    style.set_property("top", &format!("{}px", node.bounds.top))?;
    style.set_property("width", &format!("{}px", node.bounds.width))?;
    style.set_property("height", &format!("{}px", node.bounds.height))
}

fn set_or_remove(element: &web_sys::Element, name: &str, value: Option<&str>) -> Result<(), JsValue> {
    match value {
        Some(value) => element.set_attribute(name, value),
        None => element.remove_attribute(name),
    }
}
