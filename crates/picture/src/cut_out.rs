//! Cutting a product out of its background (抠图): what is connected to the edge of the picture and looks like
//! its corners becomes transparent.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, ImageReader, Limits, Rgba, RgbaImage};

/// How far a colour may lie from that of the corners and still be background, per channel of 0 to 255.
const TOLERANCE: u8 = 24;
/// Bytes that decoding may take: 64 million pixels of four bytes.
const DECODED_BYTES_MAX: u64 = 256_000_000;

/// Why nothing was cut out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CutOutError {
    /// The file is no picture, or a broken one.
    #[error("the file cannot be read as a picture")]
    Unreadable,
    /// The result could not be written.
    #[error("the result cannot be written")]
    Unwritable,
}

/// Makes the background transparent; the answer is a PNG of the same size.
///
/// # Errors
/// [`CutOutError`] when the file cannot be read.
pub fn cut_out(file: &[u8]) -> Result<Vec<u8>, CutOutError> {
    let reader = ImageReader::new(Cursor::new(file)).with_guessed_format();
    let mut reader = reader.map_err(|_| CutOutError::Unreadable)?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(DECODED_BYTES_MAX);
    reader.limits(limits);
    let mut picture = reader.decode().map_err(|_| CutOutError::Unreadable)?.to_rgba8();
    clear_background(&mut picture);
    let mut png = Cursor::new(Vec::new());
    let written = DynamicImage::ImageRgba8(picture).write_to(&mut png, ImageFormat::Png);
    written.map_err(|_| CutOutError::Unwritable)?;
    Ok(png.into_inner())
}

fn clear_background(picture: &mut RgbaImage) {
    let (width, height) = picture.dimensions();
    if width == 0 || height == 0 {
        return;
    }
    let (right, bottom) = (width - 1, height - 1);
    let corners = [(0, 0), (right, 0), (0, bottom), (right, bottom)].map(|(x, y)| *picture.get_pixel(x, y));
    let is_background = |pixel: &Rgba<u8>| corners.iter().any(|corner| is_near(pixel, corner));
    let edge = (0..width).flat_map(|x| [(x, 0), (x, bottom)]);
    let mut to_visit: Vec<(u32, u32)> = edge.chain((0..height).flat_map(|y| [(0, y), (right, y)])).collect();
    while let Some((x, y)) = to_visit.pop() {
        let pixel = picture.get_pixel_mut(x, y);
        if pixel.0[3] == 0 || !is_background(pixel) {
            continue;
        }
        *pixel = Rgba([0, 0, 0, 0]);
        to_visit.extend(x.checked_sub(1).map(|x| (x, y)));
        to_visit.extend((x < right).then_some((x + 1, y)));
        to_visit.extend(y.checked_sub(1).map(|y| (x, y)));
        to_visit.extend((y < bottom).then_some((x, y + 1)));
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
        let picture = image::load_from_memory(&cut).unwrap().to_rgba8();
        assert_eq!(picture.dimensions(), (8, 8));
        assert_eq!(picture.get_pixel(0, 0).0[3], 0);
        assert_eq!(picture.get_pixel(7, 4).0[3], 0);
        assert_eq!(picture.get_pixel(2, 2).0, [200, 0, 0, 255]);
        assert_eq!(picture.get_pixel(3, 3).0, [255, 255, 255, 255], "a hole is not background");
    }

    #[test]
    fn what_cannot_be_read_is_said_so() {
        assert_eq!(cut_out(b"no picture"), Err(CutOutError::Unreadable));
        let broken = &square()[..40];
        assert_eq!(cut_out(broken), Err(CutOutError::Unreadable));
    }
}
