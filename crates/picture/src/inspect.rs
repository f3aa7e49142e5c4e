//! What an uploaded file is: its format by its own bytes, its size and its shape.

use std::io::Cursor;

use image::{ImageFormat, ImageReader};

/// The largest file: 2 MB (api-product-coupon 5.33), read as 2 × 1024 × 1024 bytes.
pub const BYTES_MAX: usize = 2 * 1024 * 1024;
/// The most pixels, so that a small file cannot become a large picture in memory: 8000 × 8000.
pub const PIXELS_MAX: u64 = 64_000_000;

/// The formats that may be uploaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaType {
    /// `image/jpeg`.
    Jpeg,
    /// `image/png`.
    Png,
    /// `image/bmp`.
    Bmp,
}

impl MediaType {
    /// As it stands in `Content-Type`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Bmp => "image/bmp",
        }
    }
}

/// The format that the ending of a file name promises: .JPG, .JPEG, .PNG or .BMP in either case.
pub fn media_type_of_name(filename: &str) -> Option<MediaType> {
    let (_, ending) = filename.rsplit_once('.')?;
    match ending.to_ascii_lowercase().as_str() {
        "jpg" | "jpeg" => Some(MediaType::Jpeg),
        "png" => Some(MediaType::Png),
        "bmp" => Some(MediaType::Bmp),
        _ => None,
    }
}

/// A picture that may be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Picture {
    /// By its bytes, whatever its name says.
    pub media_type: MediaType,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

/// Why a file is no picture that may be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InspectError {
    /// There is nothing.
    #[error("the file is empty")]
    Empty,
    /// More than [`BYTES_MAX`] bytes.
    #[error("the file has {found} bytes, more than {BYTES_MAX}")]
    TooLarge {
        /// Its bytes.
        found: usize,
    },
    /// Neither JPEG, PNG nor BMP, or broken off before its size is told.
    #[error("the file is no JPEG, PNG or BMP picture")]
    NotAPicture,
    /// More than [`PIXELS_MAX`] pixels, or none.
    #[error("the picture has {width} × {height} pixels")]
    Dimensions {
        /// Pixels.
        width: u32,
        /// Pixels.
        height: u32,
    },
}

/// Looks at a file without decoding its pixels.
///
/// # Errors
/// [`InspectError`] for what may not be kept.
pub fn inspect(file: &[u8]) -> Result<Picture, InspectError> {
    if file.is_empty() {
        return Err(InspectError::Empty);
    }
    if file.len() > BYTES_MAX {
        return Err(InspectError::TooLarge { found: file.len() });
    }
    let reader = ImageReader::new(Cursor::new(file));
    let reader = reader.with_guessed_format().map_err(|_| InspectError::NotAPicture)?;
    let media_type = match reader.format() {
        Some(ImageFormat::Jpeg) => MediaType::Jpeg,
        Some(ImageFormat::Png) => MediaType::Png,
        Some(ImageFormat::Bmp) => MediaType::Bmp,
        _ => return Err(InspectError::NotAPicture),
    };
    let (width, height) = reader.into_dimensions().map_err(|_| InspectError::NotAPicture)?;
    let pixels = u64::from(width) * u64::from(height);
    if pixels == 0 || pixels > PIXELS_MAX {
        return Err(InspectError::Dimensions { width, height });
    }
    Ok(Picture { media_type, width, height })
}

/// The shapes that a product coupon asks of its pictures (api-product-coupon 3.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aspect {
    /// 1:1, of `image_url`.
    Square,
    /// 65:77, of `background_url`.
    Background,
}

impl Aspect {
    /// As people write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Square => "1:1",
            Self::Background => "65:77",
        }
    }

    /// Whether a picture has this shape. One pixel off in the shorter direction is rounding, not another
    /// shape (assumed; nothing is published about tolerance).
    pub fn fits(self, width: u32, height: u32) -> bool {
        let (across, down) = match self {
            Self::Square => (1, 1),
            Self::Background => (65, 77),
        };
        let (width, height) = (u64::from(width), u64::from(height));
        let (left, right) = (width * down, height * across);
        left.abs_diff(right) <= across.max(down)
    }
}

#[cfg(test)]
mod tests {
    use image::{DynamicImage, RgbImage};

    use super::*;

    fn file(format: ImageFormat, width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        DynamicImage::ImageRgb8(RgbImage::new(width, height)).write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    #[test]
    fn the_three_formats_are_told_by_their_bytes() {
        for (format, media_type) in [
            (ImageFormat::Jpeg, MediaType::Jpeg),
            (ImageFormat::Png, MediaType::Png),
            (ImageFormat::Bmp, MediaType::Bmp),
        ] {
            let found = inspect(&file(format, 12, 7)).unwrap();
            assert_eq!(found, Picture { media_type, width: 12, height: 7 });
        }
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        assert_eq!(inspect(b""), Err(InspectError::Empty));
        for bytes in [b"hello".as_slice(), b"GIF89a\x01\x00\x01\x00", b"<svg/>", b"\x89PNG\r\n\x1a\n"] {
            assert_eq!(inspect(bytes), Err(InspectError::NotAPicture), "{bytes:?}");
        }
        let broken = &file(ImageFormat::Png, 12, 7)[..20];
        assert_eq!(inspect(broken), Err(InspectError::NotAPicture));
    }

    #[test]
    fn both_sides_of_the_size() {
        let mut bytes = file(ImageFormat::Png, 1, 1);
        bytes.resize(BYTES_MAX, 0);
        assert!(inspect(&bytes).is_ok());
        bytes.push(0);
        assert_eq!(inspect(&bytes), Err(InspectError::TooLarge { found: BYTES_MAX + 1 }));
    }

    #[test]
    fn a_small_file_that_says_it_is_huge_is_refused() {
        let mut bmp = file(ImageFormat::Bmp, 1, 1);
        bmp[18..22].copy_from_slice(&100_000_i32.to_le_bytes());
        bmp[22..26].copy_from_slice(&100_000_i32.to_le_bytes());
        assert!(matches!(inspect(&bmp), Err(InspectError::Dimensions { .. } | InspectError::NotAPicture)));
    }

    #[test]
    fn both_sides_of_both_shapes() {
        for (aspect, width, height, fits) in [
            (Aspect::Square, 1080, 1080, true),
            (Aspect::Square, 1081, 1080, true),
            (Aspect::Square, 1082, 1080, false),
            (Aspect::Background, 1170, 1386, true),
            (Aspect::Background, 65, 77, true),
            (Aspect::Background, 1170, 1387, true),
            (Aspect::Background, 1170, 1388, false),
            (Aspect::Background, 1080, 1080, false),
        ] {
            assert_eq!(aspect.fits(width, height), fits, "{aspect:?} {width}x{height}");
        }
    }

    #[test]
    fn endings_are_read_in_either_case() {
        for (name, expected) in [
            ("a.JPG", Some(MediaType::Jpeg)),
            ("a.b.jpeg", Some(MediaType::Jpeg)),
            ("图.PnG", Some(MediaType::Png)),
            ("a.bmp", Some(MediaType::Bmp)),
            ("a.gif", None),
            ("png", None),
            ("", None),
        ] {
            assert_eq!(media_type_of_name(name), expected, "{name}");
        }
    }
}
