//! From rendered text to messages: markers of the template cut it, threads are spliced in, lines are joined as the
//! reference joins them, and every byte keeps its origin.

use super::expand::Expanded;
use super::template::{Output, Template};
use atelier_types::prompt::{Message, Origin, RenderedMessage, Role, Span};
use minijinja::{OutputSpan, OutputSpanKind};
use std::collections::BTreeMap;
use std::ops::Range;

/// Cuts rendered text into messages. Text before the first marker is `system`.
pub(super) fn assemble(
    output: &Output,
    body: &Expanded,
    template: &Template,
    threads: &BTreeMap<String, Vec<Message>>,
) -> Vec<RenderedMessage> {
    let assembly = Assembly { text: &output.text, runs: runs(output, body) };
    let splices = splices(output, body, threads);
    let mut messages = Vec::new();
    let (mut role, mut start) = (Role::System, 0);
    for (next_role, marker) in boundaries(output, template) {
        assembly.segment(role, start..marker.start, &splices, &mut messages);
        role = next_role;
        start = marker.end;
    }
    assembly.segment(role, start..output.text.len(), &splices, &mut messages);
    for (name, thread) in threads {
        let is_mentioned = template.uses().iter().any(|used| used.name == *name);
        if !is_mentioned {
            messages.extend(thread.iter().map(whole_value));
        }
    }
    messages
}

/// A part of the output with one origin. Runs cover the output without gaps.
struct Run {
    range: Range<usize>,
    origin: Origin,
}

fn runs(output: &Output, body: &Expanded) -> Vec<Run> {
    let mut runs = Vec::with_capacity(output.spans.len());
    let mut covered = 0;
    for span in &output.spans {
        let range = span.output_range();
        if covered < range.start {
            runs.push(Run { range: covered..range.start, origin: Origin::Value });
        }
        covered = range.end;
        match span.kind() {
            OutputSpanKind::Raw => runs.extend(raw_runs(span, body)),
            _ => runs.push(Run { range, origin: Origin::Value }),
        }
    }
    if covered < output.text.len() {
        runs.push(Run { range: covered..output.text.len(), origin: Origin::Value });
    }
    runs
}

/// Template text that stands in the output as it was written, by file.
fn raw_runs<'a>(span: &OutputSpan, body: &'a Expanded) -> impl Iterator<Item = Run> + 'a {
    let (source, output) = (span.source_range(), span.output_range());
    body.origins(source.clone()).into_iter().map(move |(part, fragment)| Run {
        range: output.start + (part.start - source.start)..output.start + (part.end - source.start),
        origin: fragment.map_or(Origin::Template, |name| Origin::Fragment { name: name.clone() }),
    })
}

/// The markers of the template that were rendered, with their lines in the output. Only template text that stands in
/// the output as it was written is looked at, so no value can add one, hide one or lose its own line end to one.
fn boundaries(output: &Output, template: &Template) -> Vec<(Role, Range<usize>)> {
    let markers = template.markers();
    let mut found = Vec::new();
    for span in output.spans.iter().filter(|span| span.kind() == OutputSpanKind::Raw) {
        let (source, place) = (span.source_range(), span.output_range());
        let first = markers.partition_point(|marker| marker.range.start < source.start);
        for marker in markers[first..].iter().take_while(|marker| marker.range.end <= source.end) {
            let start = marker.range.start - source.start;
            let written = &output.text[place.clone()];
            let line = blanks_before(&written[..start])..start + marker.range.len();
            let end = line.end + line_end_after(&written[line.end..]);
            found.push((marker.role, place.start + line.start..place.start + end));
        }
    }
    found
}

/// Where the blanks start that end a text.
fn blanks_before(text: &str) -> usize {
    text.trim_end_matches(|letter: char| letter.is_whitespace() && letter != '\n').len()
}

/// Length of the blanks and the line end that start a text; nothing where something else stands on the line.
fn line_end_after(text: &str) -> usize {
    let line = text.trim_start_matches(|letter: char| letter.is_whitespace() && letter != '\n');
    match line.strip_prefix('\n') {
        Some(rest) => text.len() - rest.len(),
        None if line.is_empty() => text.len(),
        None => 0,
    }
}

/// Places of the output where the template printed a thread, with the thread.
fn splices<'a>(
    output: &Output,
    body: &Expanded,
    threads: &'a BTreeMap<String, Vec<Message>>,
) -> Vec<(Range<usize>, &'a [Message])> {
    if threads.is_empty() {
        return Vec::new();
    }
    let expressions = output.spans.iter().filter(|span| span.kind() == OutputSpanKind::Expression);
    expressions
        .filter_map(|span| {
            let thread = threads.get(body.text.get(span.source_range())?.trim())?;
            Some((span.output_range(), thread.as_slice()))
        })
        .collect()
}

struct Assembly<'a> {
    text: &'a str,
    runs: Vec<Run>,
}

impl Assembly<'_> {
    /// The messages of what stands between two markers: one, or more around threads. A marker that another one follows
    /// at once has none.
    fn segment(
        &self,
        role: Role,
        range: Range<usize>,
        splices: &[(Range<usize>, &[Message])],
        messages: &mut Vec<RenderedMessage>,
    ) {
        if range.is_empty() {
            return;
        }
        let inside: Vec<_> =
            splices.iter().filter(|(place, _)| range.start <= place.start && place.end <= range.end).collect();
        if inside.is_empty() {
            let content = self.content(range, |text| text.trim_matches('\n'));
            messages.push(content.into_message(role));
            return;
        }
        let mut start = range.start;
        for (place, thread) in inside {
            self.around_thread(role, start..place.start, messages);
            messages.extend(thread.iter().map(whole_value));
            start = place.end;
        }
        self.around_thread(role, start..range.end, messages);
    }

    /// Text beside a thread is a message of its own where there is any.
    fn around_thread(&self, role: Role, range: Range<usize>, messages: &mut Vec<RenderedMessage>) {
        let content = self.content(range, str::trim);
        if !content.text.is_empty() {
            messages.push(content.into_message(role));
        }
    }

    /// The lines of a range, joined with `\n` and trimmed at both ends.
    fn content(&self, range: Range<usize>, trim: fn(&str) -> &str) -> Content {
        let text = &self.text[range.clone()];
        let mut content = Content { text: String::with_capacity(text.len()), spans: Vec::new() };
        let mut end_of_last: Option<usize> = None;
        for line in lines(text) {
            if let Some(end) = end_of_last {
                self.copy(&mut content, range.start + end..range.start + end + 1, "\n");
            }
            self.copy(&mut content, range.start + line.start..range.start + line.end, &text[line.clone()]);
            end_of_last = Some(line.end);
        }
        content.trimmed(trim)
    }

    /// Appends text with the origins that the bytes of `range` have.
    fn copy(&self, content: &mut Content, range: Range<usize>, text: &str) {
        let first = self.runs.partition_point(|run| run.range.end <= range.start);
        for run in self.runs[first..].iter().take_while(|run| run.range.start < range.end) {
            let start = run.range.start.max(range.start) - range.start;
            let end = run.range.end.min(range.end) - range.start;
            let part = if text == "\n" { text } else { &text[start..end] };
            content.push(part, &run.origin);
        }
    }
}

/// A message's text while it is put together.
struct Content {
    text: String,
    spans: Vec<Span>,
}

impl Content {
    fn push(&mut self, text: &str, origin: &Origin) {
        let start = self.text.len();
        self.text.push_str(text);
        match self.spans.last_mut() {
            Some(last) if last.origin == *origin => last.end = self.text.len(),
            _ if text.is_empty() => {}
            _ => self.spans.push(Span { start, end: self.text.len(), origin: origin.clone() }),
        }
    }

    fn trimmed(self, trim: fn(&str) -> &str) -> Self {
        let kept = trim(&self.text);
        let start = kept.as_ptr() as usize - self.text.as_ptr() as usize;
        let end = start + kept.len();
        let spans = self.spans.into_iter().filter(|span| span.start < end && start < span.end);
        let spans =
            spans.map(|span| Span { start: span.start.max(start) - start, end: span.end.min(end) - start, ..span });
        Self { spans: spans.collect(), text: kept.to_owned() }
    }

    fn into_message(self, role: Role) -> RenderedMessage {
        RenderedMessage { role, content: self.text, spans: self.spans, num_tokens: 0 }
    }
}

fn whole_value(message: &Message) -> RenderedMessage {
    let end = message.content.len();
    let spans = if end == 0 { Vec::new() } else { vec![Span { start: 0, end, origin: Origin::Value }] };
    RenderedMessage { role: message.role, content: message.content.clone(), spans, num_tokens: 0 }
}

/// The lines of a text without their ends, as Python's `splitlines` sees them.
pub(super) fn lines(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        if at >= text.len() {
            return None;
        }
        let rest = &text[at..];
        let (length, end_length) = match rest.char_indices().find(|(_, letter)| ends_line(*letter)) {
            Some((end, '\r')) if rest[end..].starts_with("\r\n") => (end, 2),
            Some((end, letter)) => (end, letter.len_utf8()),
            None => (rest.len(), 0),
        };
        let line = at..at + length;
        at += length + end_length;
        Some(line)
    })
}

fn ends_line(letter: char) -> bool {
    matches!(letter, '\n' | '\u{b}' | '\u{c}' | '\r' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}
