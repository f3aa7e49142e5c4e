//! Pictures that were uploaded or generated, and the tasks that generate them.

use quan_model::enums::ImageGenerationType;
use quan_model::ids::{Principal, RequestNo};
use quan_model::time::Time;

use crate::error::StoreError;

/// A picture, kept for good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// 32 random hex digits: who does not know the URL cannot guess it.
    pub image_id: String,
    /// Who uploaded it, or whose task made it.
    pub owner: Principal,
    /// Of the bytes.
    pub sha256: [u8; 32],
    /// Such as `image/png`.
    pub media_type: String,
    /// Pixels; 0 for a drawing without a size of its own.
    pub width: u32,
    /// Pixels; 0 for a drawing without a size of its own.
    pub height: u32,
    /// The file.
    pub bytes: Vec<u8>,
    /// When it came.
    pub created_at: Time,
}

/// Names a task: `task_id` is unique within caller, brand and type (api-product-coupon 1.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageTaskKey {
    /// Who called.
    pub principal: Principal,
    /// The brand.
    pub owner: Principal,
    /// What it makes.
    pub kind: ImageGenerationType,
    /// The caller's number.
    pub task_id: RequestNo,
}

/// A task that makes a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageTask {
    /// Its name.
    pub key: ImageTaskKey,
    /// From when on it shows its result; before that it is PROCESSING.
    pub finished_at: Time,
    /// The picture; `None` when none could be made.
    pub image_id: Option<String>,
}

/// Reading pictures.
pub trait ImageReader {
    /// A picture with its bytes.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn image(&self, image_id: &str) -> Result<Option<Image>, StoreError>;
    /// The picture with these bytes that the owner has already, if there is one.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn image_of(&self, owner: &Principal, sha256: &[u8; 32]) -> Result<Option<String>, StoreError>;
    /// A task.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn image_task(&self, key: &ImageTaskKey) -> Result<Option<ImageTask>, StoreError>;
}

/// Writing pictures.
pub trait ImageWriter {
    /// Adds a picture.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the id is taken; otherwise when the store fails.
    fn insert_image(&mut self, image: &Image) -> Result<(), StoreError>;
    /// Adds a task.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when its name is taken; otherwise when the store fails.
    fn insert_image_task(&mut self, task: &ImageTask) -> Result<(), StoreError>;
}
