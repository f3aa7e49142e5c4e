-- The nodes that work on the database. By the newest seen_at a starting node knows whether its clock is behind.
CREATE TABLE node (
  name text COLLATE "C" PRIMARY KEY, started_at bigint NOT NULL, seen_at bigint NOT NULL
);
