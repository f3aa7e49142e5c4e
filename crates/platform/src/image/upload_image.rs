//! upload_image 图片上传: keeps a picture for good.

use quan_model::ids::Principal;

use crate::error::Error;
use crate::image::{self, NewImage};
use crate::work::Work;

/// Keeps the picture and says its id. The same file uploaded again has the same id.
///
/// # Errors
/// Only when the store fails.
pub fn upload_image(work: &mut Work<'_>, principal: &Principal, new: &NewImage) -> Result<String, Error> {
    image::keep(work, principal, new)
}
