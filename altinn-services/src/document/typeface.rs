//! The typeface of documents: Noto Sans, upright and bold, with the letters of Latin, Greek and Cyrillic.

use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider as _};

use super::DocumentError;

const REGULAR: &[u8] = include_bytes!("../../fonts/NotoSans-Regular.ttf");
const BOLD: &[u8] = include_bytes!("../../fonts/NotoSans-Bold.ttf");

/// What stands for a letter that the typeface has not.
const MISSING: char = '\u{fffd}';

/// One weight of the typeface.
pub(super) struct Typeface {
    font: Font,
    face: FontRef<'static>,
    units_per_em: f32,
    /// The glyphs of the first letters of Unicode, and how wide they are, in ems: most text has no others.
    usual: Vec<(GlyphId, f32)>,
}

/// How many letters are looked up once: those up to the end of Latin Extended-B.
const USUAL: u32 = 0x250;

/// Both weights.
pub(super) struct Typefaces {
    pub(super) regular: Typeface,
    pub(super) bold: Typeface,
}

impl Typefaces {
    pub(super) fn load() -> Result<Self, DocumentError> {
        Ok(Self { regular: Typeface::load(REGULAR)?, bold: Typeface::load(BOLD)? })
    }

    pub(super) fn of(&self, bold: bool) -> &Typeface {
        if bold { &self.bold } else { &self.regular }
    }
}

impl Typeface {
    fn load(bytes: &'static [u8]) -> Result<Self, DocumentError> {
        let unreadable = || DocumentError { problem: "its typeface can not be read".to_owned() };
        let face = FontRef::new(bytes).map_err(|_| unreadable())?;
        let font = Font::new(bytes.to_vec().into(), 0).ok_or_else(unreadable)?;
        let units_per_em = font.units_per_em();
        let mut typeface = Self { font, face, units_per_em, usual: Vec::new() };
        typeface.usual =
            (0..USUAL).map(|letter| typeface.look_up(char::from_u32(letter).unwrap_or(' '))).collect();
        Ok(typeface)
    }

    /// The glyph of a letter, and how wide it is, in ems; the first glyph stands for a letter that is not there.
    fn glyph(&self, letter: char) -> (GlyphId, f32) {
        let usual = usize::try_from(u32::from(letter)).ok().and_then(|letter| self.usual.get(letter));
        usual.copied().unwrap_or_else(|| self.look_up(letter))
    }

    fn look_up(&self, letter: char) -> (GlyphId, f32) {
        let glyph = self.face.charmap().map(letter).unwrap_or_default();
        let metrics = self.face.glyph_metrics(Size::unscaled(), LocationRef::default());
        let advance = metrics.advance_width(glyph).unwrap_or_default() / self.units_per_em;
        (GlyphId::new(glyph.to_u32()), advance)
    }

    pub(super) fn font(&self) -> Font {
        self.font.clone()
    }

    /// The text as it can be shown: letters that the typeface has, and no control characters.
    pub(super) fn showable(&self, text: &str) -> String {
        let shown = text.chars().filter_map(|letter| match letter {
            '\n' => Some('\n'),
            letter if letter.is_whitespace() || letter.is_control() => Some(' '),
            letter if is_invisible(letter) => None,
            letter if self.glyph(letter).0.to_u32() != 0 => Some(letter),
            _ => Some(MISSING),
        });
        shown.collect()
    }

    /// How wide a text is at a size, in points.
    pub(super) fn width(&self, text: &str, size: f32) -> f32 {
        text.chars().map(|letter| self.glyph(letter).1).sum::<f32>() * size
    }

    /// The glyphs of a text, in its order.
    pub(super) fn glyphs(&self, text: &str) -> Vec<KrillaGlyph> {
        let glyphs = text.char_indices().map(|(at, letter)| {
            let (glyph, advance) = self.glyph(letter);
            let range = at..at + letter.len_utf8();
            KrillaGlyph::new(glyph, advance, 0.0, 0.0, 0.0, range, None)
        });
        glyphs.collect()
    }
}

/// Whether a letter shows nothing by itself: joiners, marks of direction, soft hyphens, selectors of variants.
fn is_invisible(letter: char) -> bool {
    matches!(letter,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}
