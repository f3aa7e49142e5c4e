//! Cutting a product out of its background (抠图): what is connected to the edge of the picture and looks like
//! its corners becomes transparent.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, ImageReader, Limits, Rgba, RgbaImage};

/// How far a colour may lie from that of the corners and still be background, per channel of 0 to 255.
const TOLERANCE: u8 = 24;
/// Bytes that decoding may take: 16 million pixels of four bytes. Cutting takes as much again, and eight bytes for each
/// pixel that waits to be looked at.
const DECODED_BYTES_MAX: u64 = 64_000_000;

/// A picture without its background.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CutOut {
    /// A PNG.
    pub png: Vec<u8>,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

/// Why nothing was cut out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CutOutError {
    /// The file is no picture, a broken one, or one of more than 16 million pixels.
    #[error("the file cannot be read as a picture of at most 16 million pixels")]
    Unreadable,
    /// The result could not be written.
    #[error("the result cannot be written")]
    Unwritable,
}

/// Makes the background transparent; the answer is a PNG of the same size.
///
/// # Errors
/// [`CutOutError`] when the file cannot be read.
pub fn cut_out(file: &[u8]) -> Result<CutOut, CutOutError> {
    let reader = ImageReader::new(Cursor::new(file)).with_guessed_format();
    let mut reader = reader.map_err(|_| CutOutError::Unreadable)?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(DECODED_BYTES_MAX);
    reader.limits(limits);
    let mut picture = reader.decode().map_err(|_| CutOutError::Unreadable)?.to_rgba8();
    clear_background(&mut picture);
    let (width, height) = picture.dimensions();
    let mut png = Cursor::new(Vec::new());
    let written = DynamicImage::ImageRgba8(picture).write_to(&mut png, ImageFormat::Png);
    written.map_err(|_| CutOutError::Unwritable)?;
    Ok(CutOut { png: png.into_inner(), width, height })
}

fn clear_background(picture: &mut RgbaImage) {
    let (width, height) = picture.dimensions();
    if width == 0 || height == 0 {
        return;
    }
    let (right, bottom) = (width - 1, height - 1);
    let corners = [(0, 0), (right, 0), (0, bottom), (right, bottom)].map(|(x, y)| *picture.get_pixel(x, y));
    let is_background = |pixel: &Rgba<u8>| corners.iter().any(|corner| is_near(pixel, corner));
    // Cleared when it is noted, so that no pixel waits twice.
    let mut waiting: Vec<(u32, u32)> = Vec::new();
    let note = |picture: &mut RgbaImage, waiting: &mut Vec<(u32, u32)>, x: u32, y: u32| {
        let pixel = picture.get_pixel_mut(x, y);
        if pixel.0[3] != 0 && is_background(pixel) {
            *pixel = Rgba([0, 0, 0, 0]);
            waiting.push((x, y));
        }
    };
    let edge = (0..width).flat_map(|x| [(x, 0), (x, bottom)]);
    for (x, y) in edge.chain((0..height).flat_map(|y| [(0, y), (right, y)])) {
        note(picture, &mut waiting, x, y);
    }
    while let Some((x, y)) = waiting.pop() {
        let neighbours = [
            x.checked_sub(1).map(|x| (x, y)),
            (x < right).then_some((x + 1, y)),
            y.checked_sub(1).map(|y| (x, y)),
            (y < bottom).then_some((x, y + 1)),
        ];
        for (x, y) in neighbours.into_iter().flatten() {
            note(picture, &mut waiting, x, y);
        }
    }
}

fn is_near(one: &Rgba<u8>, other: &Rgba<u8>) -> bool {
    one.0.iter().zip(other.0).all(|(one, other)| one.abs_diff(other) <= TOLERANCE)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A red square of 4 × 4 with a white hole, on white of 8 × 8.
    fn square() -> Vec<u8> {
        let mut picture = RgbaImage::from_pixel(8, 8, Rgba([255, 255, 255, 255]));
        for x in 2..6 {
            for y in 2..6 {
                picture.put_pixel(x, y, Rgba([200, 0, 0, 255]));
            }
        }
        picture.put_pixel(3, 3, Rgba([255, 255, 255, 255]));
        let mut png = Cursor::new(Vec::new());
        DynamicImage::ImageRgba8(picture).write_to(&mut png, ImageFormat::Png).unwrap();
        png.into_inner()
    }

    #[test]
    fn the_background_goes_and_the_product_stays_with_its_inside() {
        let cut = cut_out(&square()).unwrap();
        let picture = image::load_from_memory(&cut.png).unwrap().to_rgba8();
        assert_eq!((picture.dimensions(), (cut.width, cut.height)), ((8, 8), (8, 8)));
        assert_eq!(picture.get_pixel(0, 0).0[3], 0);
        assert_eq!(picture.get_pixel(7, 4).0[3], 0);
        assert_eq!(picture.get_pixel(2, 2).0, [200, 0, 0, 255]);
        assert_eq!(picture.get_pixel(3, 3).0, [255, 255, 255, 255], "a hole is not background");
    }

    #[test]
    fn a_plain_picture_goes_whole_and_one_that_is_too_large_is_not_begun() {
        let plain = |width: u32, height: u32| {
            let picture = image::GrayImage::from_pixel(width, height, image::Luma([90]));
            let mut png = Cursor::new(Vec::new());
            DynamicImage::ImageLuma8(picture).write_to(&mut png, ImageFormat::Png).unwrap();
            png.into_inner()
        };
        let cut = cut_out(&plain(300, 200)).unwrap();
        let picture = image::load_from_memory(&cut.png).unwrap().to_rgba8();
        assert!(picture.pixels().all(|pixel| pixel.0[3] == 0));
        assert_eq!(cut_out(&plain(8001, 8000)), Err(CutOutError::Unreadable));
    }

    #[test]
    fn what_cannot_be_read_is_said_so() {
        assert_eq!(cut_out(b"no picture"), Err(CutOutError::Unreadable));
        let broken = &square()[..40];
        assert_eq!(cut_out(broken), Err(CutOutError::Unreadable));
    }
}
