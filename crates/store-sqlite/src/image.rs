//! image and image_task.

use quan_model::ids::Principal;
use quan_store::column::{Origin, time};
use quan_store::error::StoreError;
use quan_store::image::{Image, ImageReader, ImageTask, ImageTaskKey, ImageWriter};
use rusqlite::params;

use crate::unit::Unit;

impl ImageReader for Unit<'_> {
    fn image(&self, image_id: &str) -> Result<Option<Image>, StoreError> {
        let sql = "SELECT owner, sha256, media_type, width, height, bytes, created_at FROM image WHERE image_id = ?1";
        let found = self.one("read a picture", sql, [image_id], |row| {
            let texts: (String, String) = (row.get(0)?, row.get(2)?);
            let blobs: (Vec<u8>, Vec<u8>) = (row.get(1)?, row.get(5)?);
            let numbers: (i64, i64, i64) = (row.get(3)?, row.get(4)?, row.get(6)?);
            Ok((texts, blobs, numbers))
        })?;
        let Some(((owner, media_type), (sha256, bytes), (width, height, created_at))) = found else {
            return Ok(None);
        };
        let origin = Origin { table: "image", row: image_id };
        Ok(Some(Image {
            image_id: image_id.to_owned(),
            owner: origin.word("owner", &owner)?,
            sha256: origin.bytes("sha256", &sha256)?,
            media_type,
            width: origin.number("width", width)?,
            height: origin.number("height", height)?,
            bytes,
            created_at: time(created_at),
        }))
    }

    fn image_of(&self, owner: &Principal, sha256: &[u8; 32]) -> Result<Option<String>, StoreError> {
        let sql = "SELECT image_id FROM image WHERE owner = ?1 AND sha256 = ?2";
        self.one("look for a picture", sql, params![owner.to_string(), sha256.as_slice()], |row| row.get(0))
    }

    fn image_task(&self, key: &ImageTaskKey) -> Result<Option<ImageTask>, StoreError> {
        let sql = "SELECT finished_at, image_id FROM image_task
                   WHERE principal = ?1 AND owner = ?2 AND kind = ?3 AND task_id = ?4";
        let values = params![
            key.principal.to_string(),
            key.owner.to_string(),
            key.kind.as_str(),
            key.task_id.as_str()
        ];
        let found: Option<(i64, Option<String>)> =
            self.one("read a task", sql, values, |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(found.map(|(finished_at, image_id)| ImageTask {
            key: key.clone(),
            finished_at: time(finished_at),
            image_id,
        }))
    }
}

impl ImageWriter for Unit<'_> {
    fn insert_image(&mut self, image: &Image) -> Result<(), StoreError> {
        let sql = "INSERT INTO image (image_id, owner, sha256, media_type, width, height, bytes, created_at)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING";
        let values = params![
            image.image_id,
            image.owner.to_string(),
            image.sha256.as_slice(),
            image.media_type,
            image.width,
            image.height,
            image.bytes,
            image.created_at.unix_seconds()
        ];
        self.change_one("write a picture", "image", || image.image_id.clone(), sql, values)
    }

    fn insert_image_task(&mut self, task: &ImageTask) -> Result<(), StoreError> {
        let sql = "INSERT INTO image_task (principal, owner, kind, task_id, finished_at, image_id)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING";
        let values = params![
            task.key.principal.to_string(),
            task.key.owner.to_string(),
            task.key.kind.as_str(),
            task.key.task_id.as_str(),
            task.finished_at.unix_seconds(),
            task.image_id
        ];
        self.change_one("write a task", "image_task", || task.key.task_id.to_string(), sql, values)
    }
}
