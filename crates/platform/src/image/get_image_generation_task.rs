//! get_image_generation_task 查询图片生成任务执行结果.

use quan_coupon::refusal::Refusal;
use quan_model::enums::ImageGenerationType;
use quan_model::ids::RequestNo;
use quan_model::product_coupon::ImageGenerationTask;
use quan_store::image::ImageTaskKey;

use crate::access::{self, Scope};
use crate::error::Error;
use crate::image::create_image_generation_task::shown;
use crate::work::View;

/// The task as it stands now.
///
/// # Errors
/// `NoAuthority`, `NotFound` for a number that this caller did not use for this brand and type.
pub fn get_image_generation_task(
    view: &View<'_>,
    scope: &Scope,
    kind: ImageGenerationType,
    task_id: &RequestNo,
    public_url: &str,
) -> Result<ImageGenerationTask, Error> {
    access::authorised(view.store, scope)?;
    let key = ImageTaskKey {
        principal: scope.principal.clone(),
        owner: scope.owner.clone(),
        kind,
        task_id: task_id.clone(),
    };
    let task = view.store.image_task(&key)?.ok_or(Refusal::NotFound)?;
    Ok(shown(&task, public_url, view.now))
}
