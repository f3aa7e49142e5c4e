//! create_image_generation_task 提交图片生成任务: keeps the task, its result, and the notification of it.

use quan_coupon::refusal::Refusal;
use quan_model::enums::{ImageGenerationType, ImageTaskState};
use quan_model::ids::RequestNo;
use quan_model::notification;
use quan_model::product_coupon::{
    CreateImageGenerationTaskRequest, CreateImageGenerationTaskResponse, GeneratedImage, ImageGenerationTask,
};
use quan_model::time::Time;
use quan_store::error::StoreError;
use quan_store::image::{Image, ImageTask, ImageTaskKey};
use quan_store::outbox::Notification;

use crate::access::{self, Scope};
use crate::error::Error;
use crate::image::{self, NewImage, PATH};
use crate::minting;
use crate::once::Once;
use crate::work::{View, Work};

/// How long a task shows PROCESSING, in seconds of the rules' clock. The picture is made at once; the real
/// platform takes some seconds, and callers must be able to rehearse that (assumed).
pub const TASK_SECONDS: i64 = 2;

/// What the caller asks for.
#[derive(Clone, Debug)]
pub struct CreateImageGenerationTask {
    /// Who calls, for which brand.
    pub scope: Scope,
    /// The idempotency key, together with the type.
    pub task_id: RequestNo,
    /// As it was written.
    pub request: CreateImageGenerationTaskRequest,
    /// The picture; `None` when none could be made, which ends the task in FAIL.
    pub made: Option<NewImage>,
    /// What URLs of this platform begin with.
    pub public_url: String,
}

/// The picture that a task is to cut out, before anything is made of it.
///
/// # Errors
/// `NoAuthority`.
pub fn picture_to_cut(view: &View<'_>, scope: &Scope, image_id: &str) -> Result<Option<Image>, Error> {
    access::authorised(view.store, scope)?;
    Ok(view.store.image(image_id)?)
}

/// Keeps the task. Its result shows, and its notification goes out, after [`TASK_SECONDS`].
///
/// # Errors
/// `NoAuthority`, `RequestMismatch` for a number used with other data.
pub fn create_image_generation_task(
    work: &mut Work<'_>,
    input: &CreateImageGenerationTask,
) -> Result<CreateImageGenerationTaskResponse, Error> {
    access::authorised(work.store, &input.scope)?;
    let kind = input.request.image_generation_type;
    let once = Once::new(
        &input.scope,
        "create_image_generation_task",
        kind.to_string(),
        input.task_id.as_str(),
        &input.request,
    );
    if once.replay(work, Refusal::RequestMismatch)?.is_none() {
        let image_id = match &input.made {
            Some(new) => Some(image::keep(work, &input.scope.principal, new)?),
            None => None,
        };
        let key = ImageTaskKey {
            principal: input.scope.principal.clone(),
            owner: input.scope.owner.clone(),
            kind,
            task_id: input.task_id.clone(),
        };
        let task = ImageTask { key, finished_at: work.now.plus_seconds(TASK_SECONDS), image_id };
        work.store.insert_image_task(&task)?;
        let notification = finished(work, &task, &input.public_url)?;
        work.tell(&notification)?;
        once.note(work, String::new())?;
    }
    Ok(CreateImageGenerationTaskResponse {
        task_id: input.task_id.to_string(),
        brand_id: input.scope.owner.identity().to_owned(),
    })
}

/// The notification of the end of a task. It is due when the task ends.
fn finished(work: &Work<'_>, task: &ImageTask, public_url: &str) -> Result<Notification, Error> {
    let resource = serde_json::to_string(&shown(task, public_url, task.finished_at));
    Ok(Notification {
        id: minting::notification_id(work.entropy, work.now_ms),
        receiver: task.key.principal.clone(),
        brand_id: task.key.owner.brand_id().cloned(),
        event_type: notification::EVENT_PARTNER_IMAGE_GENERATION.to_owned(),
        create_time: task.finished_at,
        summary: "图片生成任务完成通知".to_owned(),
        associated_data: notification::ASSOCIATED_DATA_PARTNER.to_owned(),
        original_type: "coupon".to_owned(),
        resource: resource.map_err(|cause| StoreError::backend("write JSON", cause))?,
    })
}

/// A task as it stands at an instant.
pub(crate) fn shown(task: &ImageTask, public_url: &str, now: Time) -> ImageGenerationTask {
    let state = match &task.image_id {
        _ if now < task.finished_at => ImageTaskState::Processing,
        Some(_) => ImageTaskState::Success,
        None => ImageTaskState::Fail,
    };
    let image_id = task.image_id.as_ref().filter(|_| state == ImageTaskState::Success);
    let result = image_id.map(|id| GeneratedImage { image_url: format!("{public_url}{PATH}{id}") });
    let (combined, cut) = match task.key.kind {
        ImageGenerationType::CombineImage => (result, None),
        ImageGenerationType::CutOut => (None, result),
    };
    ImageGenerationTask {
        brand_id: task.key.owner.identity().to_owned(),
        task_id: task.key.task_id.to_string(),
        image_generation_type: task.key.kind.into(),
        task_state: state.into(),
        combine_image_result: combined,
        cut_out_result: cut,
    }
}
