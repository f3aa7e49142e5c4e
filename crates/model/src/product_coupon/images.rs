//! `…/media/upload-image` and `…/image-generation-tasks`.

use serde::{Deserialize, Serialize};

use crate::coupon::{DiscountCouponRule, ExchangeCouponRule, NormalCouponRule};
use crate::enums::{
    ImageGenerationType, ImageTaskState, Open, ProductCouponScope, ProductCouponType, UsageMode,
};

/// The `meta` part of 5.33 upload_image 图片上传; its bytes are what is signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadImageMeta {
    /// At most 150 characters, ending in .JPG, .JPEG, .BMP or .PNG.
    pub filename: String,
    /// Of the file, lower-case hex.
    pub sha256: String,
}

/// Answer of 5.33.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadImageResponse {
    /// Where the picture is, for good. Some sources call it `media_url`.
    #[serde(alias = "media_url")]
    pub image_url: String,
}

/// 5.34 create_image_generation_task 提交图片生成任务 (partner face only).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateImageGenerationTaskRequest {
    /// Idempotency key, 6 to 40 characters, together with the type.
    pub task_id: String,
    /// What to make.
    pub image_generation_type: ImageGenerationType,
    /// Required with COMBINE_IMAGE.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub combine_image: Option<CombineImage>,
    /// Required with CUT_OUT.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cut_out: Option<CutOut>,
    /// The brand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand_id: Option<String>,
}

/// A picture to be made of a benefit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CombineImage {
    /// 优惠范围.
    pub scope: ProductCouponScope,
    /// 券类型.
    #[serde(rename = "type")]
    pub kind: ProductCouponType,
    /// 使用模式.
    pub usage_mode: UsageMode,
    /// With type NORMAL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub normal_coupon: Option<NormalCouponRule>,
    /// With type DISCOUNT.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discount_coupon: Option<DiscountCouponRule>,
    /// With type EXCHANGE.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exchange_coupon: Option<ExchangeCouponRule>,
    /// `#rrggbb`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub background_color: Option<String>,
}

/// A picture whose background is to be removed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CutOut {
    /// From upload_image.
    pub image_url: String,
}

/// Answer of 5.34.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateImageGenerationTaskResponse {
    /// The task.
    pub task_id: String,
    /// The brand.
    pub brand_id: String,
}

/// Query of 5.35 get_image_generation_task 查询图片生成任务执行结果 (partner face only).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GetImageGenerationTaskQuery {
    /// What the task makes.
    pub image_generation_type: ImageGenerationType,
    /// The brand.
    pub brand_id: String,
}

/// Answer of 5.35, and the opened resource of its notification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageGenerationTask {
    /// The brand.
    pub brand_id: String,
    /// The task.
    pub task_id: String,
    /// What it makes.
    pub image_generation_type: Open<ImageGenerationType>,
    /// How far it is.
    pub task_state: Open<ImageTaskState>,
    /// With COMBINE_IMAGE, once it succeeded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub combine_image_result: Option<GeneratedImage>,
    /// With CUT_OUT, once it succeeded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cut_out_result: Option<GeneratedImage>,
}

/// A picture that a task made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GeneratedImage {
    /// Where it is.
    pub image_url: String,
}
