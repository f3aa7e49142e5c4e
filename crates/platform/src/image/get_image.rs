//! A picture served back under the URL that upload_image answered.

use quan_store::image::Image;

use crate::error::Error;
use crate::work::View;

/// The picture, if it is one of ours. Who knows the URL may see it: coupons are shown to everybody.
///
/// # Errors
/// Only when the store fails.
pub fn get_image(view: &View<'_>, image_id: &str) -> Result<Option<Image>, Error> {
    Ok(view.store.image(image_id)?)
}
