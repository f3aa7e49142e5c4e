-- Pictures that were uploaded or generated, served back under an unguessable id, and the tasks that generate them.
-- A task: PROCESSING -(finished_at)-> SUCCESS, or FAIL without a picture.

CREATE TABLE image (
  image_id TEXT PRIMARY KEY, owner TEXT NOT NULL, sha256 BLOB NOT NULL, media_type TEXT NOT NULL,
  width INTEGER NOT NULL, height INTEGER NOT NULL, bytes BLOB NOT NULL, created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX image_by_content ON image (owner, sha256);

CREATE TABLE image_task (
  principal TEXT NOT NULL, owner TEXT NOT NULL, kind TEXT NOT NULL, task_id TEXT NOT NULL,
  finished_at INTEGER NOT NULL, image_id TEXT,
  PRIMARY KEY (principal, owner, kind, task_id)
) STRICT, WITHOUT ROWID;
