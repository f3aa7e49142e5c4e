-- What was issued leaves the row of the stock: counter i of n grants its share of the limit and no more, so that many may
-- count at once. A stock has n counters in stock_counter and, once a day has begun, n in stock_day for that day.
-- An issue locks the row of its stock in shared mode, and no other row of it but the counters that it takes.

ALTER TABLE stock ADD COLUMN counter_shards bigint NOT NULL DEFAULT 1 CHECK (counter_shards BETWEEN 1 AND 64);

CREATE TABLE stock_counter (
  stock_id text COLLATE "C" NOT NULL, shard bigint NOT NULL, issued bigint NOT NULL CHECK (issued >= 0),
  PRIMARY KEY (stock_id, shard)
) WITH (fillfactor = 50);
INSERT INTO stock_counter (stock_id, shard, issued) SELECT stock_id, 0, issued FROM stock;
ALTER TABLE stock DROP COLUMN issued;
ALTER TABLE stock RESET (fillfactor);

ALTER TABLE stock_day ADD COLUMN shard bigint NOT NULL DEFAULT 0;
ALTER TABLE stock_day DROP CONSTRAINT stock_day_pkey;
ALTER TABLE stock_day ADD PRIMARY KEY (stock_id, day, shard);
