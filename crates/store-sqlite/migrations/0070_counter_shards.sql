-- Into how many counters a stock is split. This store has one writer and keeps the one counter that it has;
-- the number is kept for stores where many count at once.
ALTER TABLE stock ADD COLUMN counter_shards INTEGER NOT NULL DEFAULT 1 CHECK (counter_shards BETWEEN 1 AND 64);
