//! POST …/media/upload-image 图片上传.

use axum::Extension;
use quan_coupon::field;
use quan_coupon::refusal::{Violation, ViolationKind};
use quan_model::product_coupon::{UploadImageMeta, UploadImageResponse};
use quan_picture::{BYTES_MAX, InspectError, inspect, media_type_of_name};
use quan_platform::image::upload_image::upload_image;
use quan_platform::image::{NewImage, PATH};
use sha2::{Digest, Sha256};

use crate::answer::Answer;
use crate::call::Call;
use crate::problem::{Location, Problem};
use crate::refusal;
use crate::signature::Upload;

/// The most characters of a file name.
const FILENAME_LEN_MAX: usize = 150;

pub(crate) async fn handle(
    call: Call,
    upload: Option<Extension<Upload>>,
) -> Result<Answer<UploadImageResponse>, Problem> {
    let not_an_upload = || refusal::malformed_upload("the body has no parts".to_owned());
    let Extension(upload) = upload.ok_or_else(not_an_upload)?;
    let meta: UploadImageMeta = call.read_body(&upload.meta)?;
    let face = call.face;
    let checked = tokio::task::spawn_blocking(move || check(&meta, &upload)).await;
    let checked = checked.map_err(|error| refusal::system_error(error.to_string()))?;
    let new = checked.map_err(|violation| Problem::parameter(violation, Location::Body, face))?;
    let principal = call.principal.clone();
    let id = call.write(move |work| upload_image(work, &principal, &new)).await?;
    Ok(Answer(UploadImageResponse { image_url: format!("{}{PATH}{id}", call.gateway.public_url) }))
}

/// Checks what `meta` says against the file. The file's own name need not be that of `meta`: some SDKs send
/// none, some another (wire-protocol S-15).
fn check(meta: &UploadImageMeta, upload: &Upload) -> Result<NewImage, Violation> {
    field::required("/filename", &meta.filename, FILENAME_LEN_MAX)?;
    if media_type_of_name(&meta.filename).is_none() {
        let issue = "图片格式应为JPG、JPEG、PNG或BMP";
        let wrong = Violation::new("/filename", ViolationKind::Format, issue);
        return Err(wrong.with_value(meta.filename.as_str()));
    }
    let digest: String = Sha256::digest(&upload.file).iter().map(|byte| format!("{byte:02x}")).collect();
    if meta.sha256 != digest {
        let issue = "与图片内容的SHA-256（小写十六进制）不一致";
        return Err(Violation::new("/sha256", ViolationKind::Format, issue).with_value(meta.sha256.as_str()));
    }
    let picture = inspect(&upload.file).map_err(|error| unfit(&error))?;
    Ok(NewImage {
        media_type: picture.media_type.as_str().to_owned(),
        width: picture.width,
        height: picture.height,
        bytes: upload.file.to_vec(),
    })
}

fn unfit(error: &InspectError) -> Violation {
    let (kind, issue) = match *error {
        InspectError::Empty => (ViolationKind::Format, "图片内容为空".to_owned()),
        InspectError::TooLarge { found } => {
            (ViolationKind::ImageTooLarge, format!("图片为{found}字节，不能超过2MB（{BYTES_MAX}字节）"))
        }
        InspectError::NotAPicture => (ViolationKind::Format, "文件内容不是JPG、PNG或BMP图片".to_owned()),
        InspectError::Dimensions { width, height } => {
            (ViolationKind::OutOfRange, format!("图片为{width}×{height}像素，超出可处理的范围"))
        }
    };
    Violation::new("/file", kind, issue)
}
