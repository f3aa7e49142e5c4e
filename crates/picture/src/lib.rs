//! Pictures of coupons: what an uploaded file is, the card drawn of a benefit, a product cut out of its
//! background, the barcode or QR code of a coupon code.
//!
//! Pure functions of bytes. Knows no HTTP, no storage and no rules of coupons; sizes and formats are those of
//! api-product-coupon 3.7 and 5.33.

mod card;
mod code;
mod cut_out;
mod inspect;

pub use card::{Card, draw_card};
pub use code::{CodeDrawing, draw_barcode, draw_qr_code};
pub use cut_out::{CutOut, CutOutError, cut_out};
pub use inspect::{
    Aspect, BYTES_MAX, InspectError, MediaType, PIXELS_MAX, Picture, inspect, media_type_of_name,
};
