-- The stores in which coupons of a stock with store scope SPECIFIC may be used. The list stays when the scope
-- leaves SPECIFIC, and counts again when it comes back. position gives the order of association.

CREATE TABLE stock_store (
  stock_id TEXT NOT NULL, store_id TEXT NOT NULL, position INTEGER NOT NULL,
  PRIMARY KEY (stock_id, store_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX stock_store_by_position ON stock_store (stock_id, position);
