//! Spaces, radii, strokes and heights: all on a 4-point grid.

pub const SPACE_4: f32 = 4.0;
pub const SPACE_8: f32 = 8.0;
pub const SPACE_12: f32 = 12.0;
pub const SPACE_16: f32 = 16.0;
pub const SPACE_24: f32 = 24.0;
pub const SPACE_32: f32 = 32.0;
pub const SPACE_48: f32 = 48.0;

/// Panes, banners and floating things.
pub const RADIUS_PANE: u8 = 8;
/// Buttons, fields and list rows.
pub const RADIUS_CONTROL: u8 = 6;
/// Chips and key caps.
pub const RADIUS_CHIP: u8 = 4;

/// Separators and fields.
pub const STROKE: f32 = 1.0;
/// Focus, selection, the active tab, interval bars.
pub const STROKE_STRONG: f32 = 2.0;

pub const TOP_BAR: f32 = 40.0;
pub const STATUS_BAR: f32 = 24.0;
pub const PANE_HEAD: f32 = 48.0;
pub const SUB_HEAD: f32 = 36.0;
pub const FILTER_BAR: f32 = 44.0;
/// Buttons and fields.
pub const CONTROL: f32 = 28.0;
/// Buttons and fields on the first run and in reviews.
pub const CONTROL_LARGE: f32 = 36.0;
pub const TAB: f32 = 40.0;
pub const TABLE_ROW: f32 = 32.0;
pub const TABLE_HEAD: f32 = 28.0;
pub const LIST_ROW: f32 = 28.0;
pub const LIST_ROW_TWO_LINES: f32 = 44.0;
pub const GRID_CELL: f32 = 68.0;
pub const GRID_HEAD_PROMPT: f32 = 24.0;
pub const GRID_HEAD_VARIANT: f32 = 80.0;
pub const CHIP: f32 = 20.0;
pub const MENU_ROW: f32 = 28.0;
/// A menu without longer words.
pub const MENU_WIDTH: f32 = 264.0;
/// Nothing that can be clicked is smaller.
pub const MIN_TARGET: f32 = 24.0;

pub const RAIL: f32 = 72.0;
/// At a width of 1280 and under, with icons only.
pub const RAIL_NARROW: f32 = 48.0;
/// Up to this width screens use their narrow form.
pub const NARROW_WINDOW: f32 = 1280.0;

pub const ICON: f32 = 16.0;
pub const ICON_SMALL: f32 = 14.0;
pub const ICON_RAIL: f32 = 20.0;
pub const ICON_LARGE: f32 = 32.0;
/// Marks in text.
pub const MARK: f32 = 10.0;

/// Motion stays under 150 ms; none where the system asks for none.
pub const ANIMATION_SECONDS: f32 = 0.12;
/// Skeletons come only after this long, so that quick answers do not flicker.
pub const SKELETON_AFTER_SECONDS: f64 = 0.15;
