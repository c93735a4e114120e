//! The colours of the interface, read from `assets/theme/{light,dark}.ron`. No other place names a raw colour.

use egui::Color32;
use serde::{Deserialize, Deserializer};
use std::sync::LazyLock;

macro_rules! tokens {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// One colour a purpose. Pairs that carry text keep a contrast of 4.5, borders of controls 3.
        #[derive(Clone, Debug, Default, PartialEq, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct Tokens {
            $($(#[$doc])* #[serde(deserialize_with = "hex")] pub $name: Color32,)*
        }

        impl Tokens {
            /// Names and colours, in the order of the file.
            pub fn list(&self) -> Vec<(&'static str, Color32)> {
                vec![$((stringify!($name), self.$name)),*]
            }
        }
    };
}

tokens! {
    /// Window, rail, side panes, table heads.
    canvas,
    /// The pane where one works, fill of fields, floating things.
    surface,
    /// The editor's current line, the context of a review.
    sunken,
    /// Row under the pointer, key caps, disabled buttons.
    hover,
    /// Secondary button.
    btn,
    /// Separators; decoration only.
    line,
    /// Borders of fields, axes, the zero line.
    edge,
    /// Text and values.
    ink,
    /// Secondary text and icons.
    ink2,
    /// Labels, intervals, hints, what is disabled.
    ink3,
    /// The primary action, selection, focus, caret, "running".
    accent,
    /// Primary button under the pointer.
    accent_hi,
    on_accent,
    /// Selected row, cell, rail item.
    accent_bg,
    /// Better, passed.
    better,
    better_bg,
    /// Worse, not passed, invalid, destructive.
    worse,
    worse_bg,
    /// No difference.
    tie,
    /// Band that is too small to matter; text that came from an input.
    tie_bg,
    /// Not committed, failed call, tight fit.
    warn,
    warn_bg,
    /// Inserted text; the text on it is ink.
    ins_bg,
    /// Deleted text; the text on it is ink.
    del_bg,
    /// Keys of YAML and JSON.
    s_key,
    s_str,
    s_num,
    s_jinja,
    /// Role markers.
    s_role,
    s_com,
    /// The one shadow, under floating things.
    shadow,
    /// Over the screen while a dialog waits.
    backdrop,
}

fn hex<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Color32, D::Error> {
    let text = String::deserialize(deserializer)?;
    Color32::from_hex(&text).map_err(|_| serde::de::Error::custom(format!("`{text}` is no colour")))
}

// Both files are compiled in and a test reads them, so the fallback is never shown.
static LIGHT: LazyLock<Tokens> =
    LazyLock::new(|| ron::from_str(include_str!("../../../assets/theme/light.ron")).unwrap_or_default());
static DARK: LazyLock<Tokens> =
    LazyLock::new(|| ron::from_str(include_str!("../../../assets/theme/dark.ron")).unwrap_or_default());

impl Tokens {
    pub fn of(theme: egui::Theme) -> &'static Self {
        match theme {
            egui::Theme::Light => &LIGHT,
            egui::Theme::Dark => &DARK,
        }
    }
}

/// The tokens of the theme that `ctx` shows.
pub fn tokens(ctx: &egui::Context) -> &'static Tokens {
    Tokens::of(ctx.theme())
}

/// Contrast of two opaque colours after WCAG 2: 1 to 21.
pub fn contrast(a: Color32, b: Color32) -> f32 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn luminance(colour: Color32) -> f32 {
    let channel = |value: u8| {
        let value = f32::from(value) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(colour.r()) + 0.7152 * channel(colour.g()) + 0.0722 * channel(colour.b())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both() -> [&'static Tokens; 2] {
        [Tokens::of(egui::Theme::Light), Tokens::of(egui::Theme::Dark)]
    }

    #[test]
    fn theme_files_name_every_colour() {
        for text in [include_str!("../../../assets/theme/light.ron"), include_str!("../../../assets/theme/dark.ron")] {
            let tokens: Tokens = ron::from_str(text).unwrap();
            assert!(tokens.list().iter().all(|(_, colour)| *colour != Color32::TRANSPARENT));
        }
    }

    #[test]
    fn text_pairs_keep_their_contrast() {
        for t in both() {
            for ground in [t.canvas, t.surface, t.sunken, t.hover, t.btn, t.accent_bg] {
                assert!(contrast(t.ink, ground) >= 4.5 && contrast(t.ink2, ground) >= 4.5);
            }
            for (text, ground) in [
                (t.ink3, t.surface),
                (t.ink3, t.canvas),
                (t.ink3, t.hover),
                (t.ink3, t.btn),
                (t.accent, t.surface),
                (t.accent, t.canvas),
                (t.accent, t.accent_bg),
                (t.on_accent, t.accent),
                (t.on_accent, t.accent_hi),
                (t.better, t.better_bg),
                (t.better, t.surface),
                (t.worse, t.worse_bg),
                (t.worse, t.surface),
                (t.tie, t.tie_bg),
                (t.warn, t.warn_bg),
                (t.warn, t.surface),
                (t.ink, t.ins_bg),
                (t.ink, t.del_bg),
                (t.s_key, t.sunken),
                (t.s_str, t.sunken),
                (t.s_num, t.sunken),
                (t.s_jinja, t.sunken),
                (t.s_role, t.sunken),
                (t.s_com, t.sunken),
            ] {
                assert!(contrast(text, ground) >= 4.5, "{text:?} on {ground:?}: {}", contrast(text, ground));
            }
        }
    }

    #[test]
    fn borders_of_controls_stand_out() {
        for t in both() {
            assert!(contrast(t.edge, t.surface) >= 3.0 && contrast(t.edge, t.canvas) >= 3.0);
        }
    }
}
