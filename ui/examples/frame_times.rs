//! Times frames of the whole interface without a window: typing into a highlighted prompt, and a large grid of results.
//!
//! A frame is what the native window computes before it hands triangles to the graphics card: messages taken in, logic,
//! layout, the accessibility tree, tessellation. There is no vertical sync, no window system and no graphics card. What
//! the studio computes is left out, since it has threads of its own; taking its answers in counts. One line of JSON a
//! figure goes to standard output; `cargo xtask bench` prints them.
#![expect(clippy::expect_used, reason = "a bench that cannot go on stops")]

use atelier_types::api::PromptsShow;
use atelier_types::experiment::RunStatus;
use atelier_types::prompt::{PromptModel, PromptSource, SourceKind};
use atelier_ui::app::App;
use atelier_ui::state::Route;
use atelier_ui::testing::canned::experiments;
use atelier_ui::testing::{NOW, SIZE, Studio, studio};
use atelier_ui::transport::{Backend, HostRequest, Message, RequestId, RequestIds, Waker};
use cpu_time::ThreadTime;
use egui::accesskit::{Action, ActionRequest, Node, NodeId, Role, TreeId, TreeUpdate};
use egui::{
    Context, Event, Key, Modifiers, MouseWheelSource, MouseWheelUnit, Pos2, RawInput, Rect, Shape, TouchPhase, pos2,
    vec2,
};
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::{Duration, Instant};

const PROMPT: &str = "billing/invoice-extract";
const NUM_PROMPT_BYTES: usize = 64 * 1024;
const NUM_KEYS: usize = 1_000;
const NUM_SCROLLED_FRAMES: usize = 1_000;
/// Points of one frame's turn of the wheel: a little under two rows of the grid.
const SCROLL: f32 = 120.0;
/// The canned run has six variants and three repeats.
const CELLS_A_ROW: u32 = 18;
const FRAME_SECS: f64 = 1.0 / 60.0;
/// Between two keys, so that timers run out as they do for a quick typist.
const KEY_SECS: f64 = 0.08;
const MAX_SETTLING_FRAMES: usize = 64;

type Queue = Rc<RefCell<Vec<(RequestId, &'static str, Value)>>>;

/// Keeps requests back until the frame is over.
struct Deferred {
    studio: Rc<RefCell<Box<dyn Backend>>>,
    queue: Queue,
    /// Ours by the studio's.
    ids: Rc<RefCell<HashMap<RequestId, RequestId>>>,
    own_ids: RequestIds,
}

impl Backend for Deferred {
    fn connect(&mut self, waker: Waker) {
        self.studio.borrow_mut().connect(waker);
    }

    fn send(&mut self, verb: &'static str, request: Value) -> RequestId {
        let id = self.own_ids.next_id();
        self.queue.borrow_mut().push((id, verb, request));
        id
    }

    fn ask_host(&mut self, _request: HostRequest) -> Option<RequestId> {
        None
    }

    fn can_reopen_natively(&self) -> bool {
        false
    }

    fn try_recv(&mut self) -> Option<Message> {
        match self.studio.borrow_mut().try_recv()? {
            Message::Answer { request, result } => {
                let request = self.ids.borrow_mut().remove(&request)?;
                Some(Message::Answer { request, result })
            }
            message => Some(message),
        }
    }
}

/// What one frame took.
#[derive(Clone, Copy, Default)]
struct Took {
    wall: Duration,
    cpu: Duration,
}

/// The interface, and time as it sees it.
struct Window {
    ctx: Context,
    app: App,
    studio: Rc<RefCell<Box<dyn Backend>>>,
    queue: Queue,
    ids: Rc<RefCell<HashMap<RequestId, RequestId>>>,
    secs: f64,
    /// Of the last frame.
    tree: TreeUpdate,
    texts: Vec<String>,
    repaint_after: Duration,
}

impl Window {
    fn open(fake: &Studio, route: Route) -> Self {
        let ctx = Context::default();
        ctx.enable_accesskit();
        let (studio, queue, ids) =
            (Rc::new(RefCell::new(fake.backend())), Queue::default(), Rc::new(RefCell::default()));
        let backend =
            Deferred { studio: studio.clone(), queue: queue.clone(), ids: ids.clone(), own_ids: RequestIds::default() };
        let app = App::new(&ctx, Box::new(backend), Box::new(|| NOW));
        app.commands().send(route);
        let tree = TreeUpdate { nodes: Vec::new(), tree: None, tree_id: TreeId::ROOT, focus: NodeId(0) };
        let mut window =
            Self { ctx, app, studio, queue, ids, secs: 0.0, tree, texts: Vec::new(), repaint_after: Duration::ZERO };
        window.settle();
        window
    }

    /// The studio answers what was asked in the frame before.
    fn answer(&self) {
        for (own, verb, request) in self.queue.take() {
            let id = self.studio.borrow_mut().send(verb, request);
            self.ids.borrow_mut().insert(id, own);
        }
    }

    fn frame(&mut self, events: Vec<Event>) -> Took {
        self.answer();
        self.secs += FRAME_SECS;
        let screen = Rect::from_min_size(Pos2::ZERO, SIZE);
        let input = RawInput { screen_rect: Some(screen), time: Some(self.secs), events, ..RawInput::default() };
        let app = &mut self.app;
        let (wall, cpu) = (Instant::now(), ThreadTime::now());
        let mut output = self.ctx.run_ui(input, |ui| {
            app.run_logic(ui.ctx());
            app.draw(ui);
        });
        let drawn = Took { wall: wall.elapsed(), cpu: cpu.elapsed() };
        self.texts = output.shapes.iter().flat_map(|clipped| texts(&clipped.shape)).collect();
        let (wall, cpu) = (Instant::now(), ThreadTime::now());
        let triangles = self.ctx.tessellate(std::mem::take(&mut output.shapes), output.pixels_per_point);
        let took = Took { wall: drawn.wall + wall.elapsed(), cpu: drawn.cpu + cpu.elapsed() };
        drop(triangles);
        self.repaint_after =
            output.viewport_output.values().map(|viewport| viewport.repaint_delay).min().unwrap_or_default();
        self.tree = output.platform_output.accesskit_update.take().expect("the tree is made in each frame");
        output.drop_without_applying_deltas();
        took
    }

    /// Frames until none is wanted at once.
    fn settle(&mut self) {
        for _ in 0..MAX_SETTLING_FRAMES {
            self.frame(Vec::new());
            if !self.repaint_after.is_zero() && self.queue.borrow().is_empty() {
                return;
            }
        }
    }

    fn wait(&mut self, secs: f64) {
        self.secs += secs;
        self.settle();
    }

    fn node(&self, role: Role, name: &str) -> Option<&(NodeId, Node)> {
        self.tree.nodes.iter().find(|(_, node)| node.role() == role && node.label() == Some(name))
    }

    fn focus(&mut self, role: Role, name: &str) {
        let target_node = self.node(role, name).expect("what is to be typed into is on the screen").0;
        let request = ActionRequest { action: Action::Focus, target_tree: TreeId::ROOT, target_node, data: None };
        self.frame(vec![Event::AccessKitActionRequest(request)]);
        self.settle();
    }

    fn press(&mut self, key: Key) -> Took {
        self.frame(vec![stroke(key, true), stroke(key, false)])
    }

    /// One letter, up to the frame that shows `word` with the letter in it.
    fn type_letter(&mut self, letter: char, word: &mut String) -> Took {
        word.push(letter);
        let key = if letter == ' ' { Key::Space } else { Key::A };
        let took = self.frame(vec![stroke(key, true), Event::Text(letter.to_string()), stroke(key, false)]);
        assert!(self.texts.iter().any(|text| text.contains(word.as_str())), "`{word}` is not drawn");
        took
    }
}

fn stroke(key: Key, pressed: bool) -> Event {
    Event::Key { key, physical_key: None, pressed, repeat: false, modifiers: Modifiers::NONE }
}

fn texts(shape: &Shape) -> Vec<String> {
    match shape {
        Shape::Text(text) => vec![text.galley.text().to_owned()],
        Shape::Vec(shapes) => shapes.iter().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

/// A prompt as large as it is promised, with keys, strings, comments, roles and templates all through it.
fn large_prompt() -> PromptSource {
    let mut text =
        "---\nname: large\ninputs:\n  - name: ticket\n    kind: string\n---\nsystem:\nSort tickets.\n\nuser:\n"
            .to_owned();
    for number in 0.. {
        if text.len() >= NUM_PROMPT_BYTES {
            break;
        }
        text.push_str(&format!(
            "Example {number}: {{{{ ticket | default(\"none\") }}}} costs {number}.50 EUR, see https://example.com/{number}\n\
             {{% if ticket %}}queue: \"billing\"{{# a remark #}}{{% endif %}}\n"
        ));
    }
    PromptSource {
        name: PROMPT.into(),
        kind: SourceKind::Prompt,
        text,
        version: "v".into(),
        content_hash: "large".to_owned(),
        number: None,
        is_uncommitted: true,
        num_changed_lines: 1,
        description: String::new(),
        inputs: Vec::new(),
        model: PromptModel::default(),
        fragments: Vec::new(),
        diagnostics: Vec::new(),
    }
}

/// Key to drawn text in the middle of a large prompt.
fn typing_in_a_prompt() -> Vec<Took> {
    const WORDS: &str = "the answer names what stopped working and since when ";
    const NUM_LINES_DOWN: usize = 300;
    let studio = studio();
    studio.answer::<PromptsShow>(large_prompt());
    let mut window = Window::open(&studio, Route::prompt(PROMPT));
    window.focus(Role::MultilineTextInput, &format!("Text of {PROMPT}"));
    for _ in 0..NUM_LINES_DOWN {
        window.press(Key::ArrowDown);
    }
    window.settle();
    let mut word = String::new();
    let mut took = Vec::with_capacity(NUM_KEYS);
    for letter in WORDS.chars().cycle().take(NUM_KEYS) {
        if letter == ' ' {
            word.clear();
        }
        took.push(window.type_letter(letter, &mut word));
        window.wait(KEY_SECS);
    }
    took
}

fn open_grid(num_rows: u32) -> Window {
    let studio = studio();
    experiments::answer_run(&studio, RunStatus::Done, num_rows);
    let window =
        Window::open(&studio, Route::Experiments { name: Some("ticket-triage".into()), run: None, cell: None });
    assert!(num_cells_drawn(&window) >= 30, "the grid is on the screen");
    window
}

fn num_cells_drawn(window: &Window) -> usize {
    window.tree.nodes.iter().filter(|(_, node)| node.role() == Role::Cell).count()
}

/// Frames while the wheel goes on turning over the grid.
fn scrolling_over_a_grid(num_rows: u32) -> Vec<Took> {
    let mut window = open_grid(num_rows);
    window.frame(vec![Event::PointerMoved(pos2(SIZE.x * 0.6, SIZE.y * 0.7))]);
    let turn = || Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta: vec2(0.0, -SCROLL),
        phase: TouchPhase::Move,
        source: MouseWheelSource::Wheel,
        modifiers: Modifiers::NONE,
    };
    let first = window.texts.clone();
    let took = (0..NUM_SCROLLED_FRAMES).map(|_| window.frame(vec![turn()])).collect();
    window.settle();
    assert!(num_cells_drawn(&window) >= 30 && window.texts != first, "the grid has moved and is filled");
    took
}

/// Key to drawn text in the search field above the grid, with the grid in view.
fn typing_over_a_grid(num_rows: u32) -> Vec<Took> {
    const WORD: &str = "urgent";
    let mut window = open_grid(num_rows);
    window.focus(Role::TextInput, "Find in outputs");
    let mut took = Vec::with_capacity(NUM_KEYS);
    while took.len() < NUM_KEYS {
        let mut word = String::new();
        for letter in WORD.chars() {
            took.push(window.type_letter(letter, &mut word));
        }
        for _ in WORD.chars() {
            window.press(Key::Backspace);
        }
        // Longer than a search waits for the typing to rest: the whole grid is back.
        window.wait(1.0);
    }
    took
}

fn print(kind: &str, what: &str, took: &[Took], measure: impl Fn(&Took) -> Duration) {
    let mut millis: Vec<f64> = took.iter().map(|took| measure(took).as_secs_f64() * 1000.0).collect();
    millis.sort_by(f64::total_cmp);
    let at = |share: f64| millis[((millis.len() - 1) as f64 * share).round() as usize];
    let figure = json!({
        "kind": kind,
        "what": what,
        "num": millis.len(),
        "p50_millis": at(0.5),
        "p99_millis": at(0.99),
        "max_millis": at(1.0),
    });
    println!("{figure}");
}

fn main() {
    print("typing", "key to drawn text, highlighted 64 KB prompt", &typing_in_a_prompt(), |took| took.wall);
    for num_cells in [100_000_u32, 1_000_000] {
        let num_rows = num_cells.div_ceil(CELLS_A_ROW);
        let what = |words: &str| format!("{words}, grid of {num_cells} cells");
        print("typing", &what("key to drawn text in its search field"), &typing_over_a_grid(num_rows), |took| {
            took.wall
        });
        print("frame", &what("processor time of a frame while scrolling"), &scrolling_over_a_grid(num_rows), |took| {
            took.cpu
        });
    }
}
