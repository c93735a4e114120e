//! The fonts: one variable Inter in three weights, JetBrains Mono without ligatures, Phosphor icons.
//!
//! Each weight is a font family of its own, so that a plain [`FontId`] says everything and every stock widget of egui
//! can use it. Inter's figures are tabular by default (see `assets/fonts/build.py`).

use super::icons::Icon;
use egui::{FontData, FontDefinitions, FontFamily, FontId, FontTweak, epaint::text::VariationCoords};
use std::sync::Arc;

/// Weights of Inter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    Regular,
    Medium,
    Semibold,
}

const INTER: &[u8] = include_bytes!("../../../assets/fonts/Inter.ttf");
const MONO: &[u8] = include_bytes!("../../../assets/fonts/JetBrainsMonoNL-Regular.ttf");
const MONO_SEMIBOLD: &[u8] = include_bytes!("../../../assets/fonts/JetBrainsMonoNL-SemiBold.ttf");
const ICONS: &[u8] = include_bytes!("../../../assets/fonts/Phosphor.ttf");
const ICONS_FILL: &[u8] = include_bytes!("../../../assets/fonts/Phosphor-Fill.ttf");

fn named(name: &'static str) -> FontFamily {
    FontFamily::Name(name.into())
}

pub fn sans(size: f32, weight: Weight) -> FontId {
    let family = match weight {
        Weight::Regular => FontFamily::Proportional,
        Weight::Medium => named("medium"),
        Weight::Semibold => named("semibold"),
    };
    FontId::new(size, family)
}

pub fn mono(size: f32, weight: Weight) -> FontId {
    let family = if weight == Weight::Semibold { named("mono-semibold") } else { FontFamily::Monospace };
    FontId::new(size, family)
}

pub fn icon(size: f32) -> FontId {
    FontId::new(size, named("icons"))
}

pub fn icon_fill(size: f32) -> FontId {
    FontId::new(size, named("icons-fill"))
}

impl Icon {
    /// The icon as text of a given size, for places that take text.
    pub fn text(self, size: f32) -> egui::RichText {
        egui::RichText::new(self.0).font(icon(size)).line_height(Some(size))
    }
}

fn weight_of_inter(weight: f32) -> Arc<FontData> {
    let tweak = FontTweak { coords: VariationCoords::new([(b"wght", weight)]), ..Default::default() };
    Arc::new(FontData::from_static(INTER).tweak(tweak))
}

/// All families; a character that Inter lacks is looked for in the monospaced font and the other way round.
pub fn definitions() -> FontDefinitions {
    let mut fonts = FontDefinitions::empty();
    let mut add = |name: &str, data: Arc<FontData>| {
        fonts.font_data.insert(name.to_owned(), data);
    };
    add("inter", weight_of_inter(400.0));
    add("inter-medium", weight_of_inter(500.0));
    add("inter-semibold", weight_of_inter(600.0));
    add("mono", Arc::new(FontData::from_static(MONO)));
    add("mono-semibold", Arc::new(FontData::from_static(MONO_SEMIBOLD)));
    add("icons", Arc::new(FontData::from_static(ICONS)));
    add("icons-fill", Arc::new(FontData::from_static(ICONS_FILL)));
    for (family, names) in [
        (FontFamily::Proportional, ["inter", "mono"]),
        (named("medium"), ["inter-medium", "mono"]),
        (named("semibold"), ["inter-semibold", "mono-semibold"]),
        (FontFamily::Monospace, ["mono", "inter"]),
        (named("mono-semibold"), ["mono-semibold", "inter-semibold"]),
        (named("icons"), ["icons", "inter"]),
        (named("icons-fill"), ["icons-fill", "inter"]),
    ] {
        fonts.families.insert(family, names.map(str::to_owned).to_vec());
    }
    fonts
}
