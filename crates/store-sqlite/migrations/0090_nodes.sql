-- The nodes that work on the database. By the newest seen_at a starting node knows whether its clock is behind.
CREATE TABLE node (
  name TEXT PRIMARY KEY, started_at INTEGER NOT NULL, seen_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
