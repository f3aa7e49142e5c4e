//! Pictures: upload, image generation tasks, and whether a product coupon's pictures have their shape.
//!
//! What a file is and what is drawn is made by `quan-picture` before a use case begins; here it is kept.

pub mod create_image_generation_task;
pub mod get_image;
pub mod get_image_generation_task;
pub mod upload_image;

use quan_coupon::refusal::{Violation, ViolationKind};
use quan_model::display::ProductCouponDisplayInfo;
use quan_model::ids::Principal;
use quan_picture::Aspect;
use quan_store::backend::Reader;
use quan_store::image::Image;
use sha2::{Digest, Sha256};

use crate::error::Error;
use crate::minting;
use crate::work::Work;

/// The end of the URL of every picture that this platform keeps, before its id.
pub const PATH: &str = "/_quan/images/";

/// A picture ready to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewImage {
    /// Such as `image/png`.
    pub media_type: String,
    /// Pixels; 0 for a drawing without a size of its own.
    pub width: u32,
    /// Pixels; 0 for a drawing without a size of its own.
    pub height: u32,
    /// The file.
    pub bytes: Vec<u8>,
}

/// Keeps a picture; the same bytes of the same owner are kept once and keep their id.
fn keep(work: &mut Work<'_>, owner: &Principal, new: &NewImage) -> Result<String, Error> {
    let sha256: [u8; 32] = Sha256::digest(&new.bytes).into();
    if let Some(known) = work.store.image_of(owner, &sha256)? {
        return Ok(known);
    }
    let image = Image {
        image_id: minting::image_id(work.entropy),
        owner: owner.clone(),
        sha256,
        media_type: new.media_type.clone(),
        width: new.width,
        height: new.height,
        bytes: new.bytes.clone(),
        created_at: work.now,
    };
    work.store.insert_image(&image)?;
    Ok(image.image_id)
}

/// The id in the URL of a picture of ours, whatever host it was reached under.
pub fn id_of_url(url: &str) -> Option<&str> {
    let (_, id) = url.split_once(PATH)?;
    (!id.is_empty() && id.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(id)
}

/// Checks that the pictures of a product coupon which this platform keeps exist and have their shape.
/// Pictures elsewhere are not fetched, so nothing is known of them.
pub(crate) fn check_display(
    store: &dyn Reader,
    at: &str,
    display: &ProductCouponDisplayInfo,
) -> Result<(), Error> {
    let shaped = [
        ("image_url", &display.image_url, Aspect::Square),
        ("background_url", &display.background_url, Aspect::Background),
    ];
    for (name, url, aspect) in shaped {
        let Some(id) = id_of_url(url) else { continue };
        let wrong = |issue: String| {
            Violation::new(format!("{at}/{name}"), ViolationKind::Format, issue).with_value(url)
        };
        let image =
            store.image(id)?.ok_or_else(|| wrong("图片不存在，请先通过图片上传接口上传".to_owned()))?;
        let has_no_size = image.width == 0;
        if !has_no_size && !aspect.fits(image.width, image.height) {
            let (width, height) = (image.width, image.height);
            return Err(
                wrong(format!("图片比例应为{}，上传的图片为{width}×{height}", aspect.as_str())).into()
            );
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::id_of_url;

    #[test]
    fn only_urls_of_ours_have_an_id() {
        assert_eq!(id_of_url("http://127.0.0.1:8686/_quan/images/0a1b"), Some("0a1b"));
        for url in ["https://img.example.com/1.png", "http://x/_quan/images/", "http://x/_quan/images/../1"] {
            assert_eq!(id_of_url(url), None, "{url}");
        }
    }
}
