//! Pictures and their tasks come back as they were written, and once.

use std::sync::Arc;

use quan_model::enums::ImageGenerationType;

use super::records::{id, now};
use super::{Promise, commit};
use crate::backend::Backend;
use crate::error::StoreError;
use crate::image::{Image, ImageTask, ImageTaskKey};

pub(super) const PROMISES: &[Promise] = &[a_picture_is_kept_once_for_its_owner, a_task_is_kept_once];

fn image() -> Image {
    Image {
        image_id: "0123456789abcdef0123456789abcdef".into(),
        owner: "mchid:1900000001".parse().expect("a principal"),
        sha256: [8; 32],
        media_type: "image/png".into(),
        width: 1080,
        height: 1080,
        bytes: vec![0, 255, 1, 254],
        created_at: now(),
    }
}

fn a_picture_is_kept_once_for_its_owner(backend: &Arc<dyn Backend>) {
    commit(backend, |unit| unit.insert_image(&image())).expect("a picture can be written");
    let again = Image { image_id: "another".into(), ..image() };
    let same_bytes = commit(backend, move |unit| unit.insert_image(&again));
    assert!(matches!(same_bytes, Err(StoreError::Conflict { .. })), "{same_bytes:?}");
    let read = |reader: &dyn crate::backend::Reader| {
        let kept = image();
        assert_eq!(reader.image(&kept.image_id)?, Some(kept.clone()));
        assert_eq!(reader.image("another")?, None);
        assert_eq!(reader.image_of(&kept.owner, &kept.sha256)?, Some(kept.image_id));
        let stranger = "mchid:1900000002".parse().expect("a principal");
        assert_eq!(reader.image_of(&stranger, &kept.sha256)?, None);
        Ok::<(), StoreError>(())
    };
    backend.snapshot(read).expect("a snapshot can be taken").expect("pictures can be read");
}

fn a_task_is_kept_once(backend: &Arc<dyn Backend>) {
    let key = ImageTaskKey {
        principal: "mchid:1900000001".parse().expect("a principal"),
        owner: "brand:120344".parse().expect("a principal"),
        kind: ImageGenerationType::CutOut,
        task_id: id("TASK_0001"),
    };
    let task = ImageTask { key: key.clone(), finished_at: now(), image_id: None };
    let other = ImageTask {
        key: ImageTaskKey { kind: ImageGenerationType::CombineImage, ..key.clone() },
        image_id: Some("an image".into()),
        ..task.clone()
    };
    let (first, second) = (task.clone(), other.clone());
    commit(backend, move |unit| {
        unit.insert_image_task(&first)?;
        unit.insert_image_task(&second)
    })
    .expect("tasks of two types may share a number");
    let again = task.clone();
    let twice = commit(backend, move |unit| unit.insert_image_task(&again));
    assert!(matches!(twice, Err(StoreError::Conflict { .. })), "{twice:?}");
    let read = |reader: &dyn crate::backend::Reader| {
        assert_eq!(reader.image_task(&task.key)?, Some(task.clone()));
        assert_eq!(reader.image_task(&other.key)?, Some(other.clone()));
        Ok::<(), StoreError>(())
    };
    backend.snapshot(read).expect("a snapshot can be taken").expect("tasks can be read");
}
