-- Stock bundles and the chains of coupons that are issued from them.
--
-- user_coupon_bundle keeps facts: whether a chain is going on follows from its coupons and from what waits.
-- A row with queued_stock_id waits for a code of that stock; it is served in the order of queued_at.

CREATE TABLE stock_bundle (
  stock_bundle_id TEXT PRIMARY KEY, product_coupon_id TEXT NOT NULL, owner TEXT NOT NULL, creator TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE user_coupon_bundle (
  user_coupon_bundle_id TEXT PRIMARY KEY, revision INTEGER NOT NULL,
  stock_bundle_id TEXT NOT NULL, product_coupon_id TEXT NOT NULL, owner TEXT NOT NULL, person_id TEXT NOT NULL,
  total_count INTEGER NOT NULL, created_at INTEGER NOT NULL,
  queued_stock_id TEXT, queued_index INTEGER, queued_use_time INTEGER, queued_at INTEGER,
  deactivate_request_no TEXT, deactivate_time INTEGER, deactivate_reason TEXT,
  CHECK ((queued_stock_id IS NULL) = (queued_index IS NULL)
    AND (queued_stock_id IS NULL) = (queued_use_time IS NULL)
    AND (queued_stock_id IS NULL) = (queued_at IS NULL)),
  CHECK ((deactivate_request_no IS NULL) = (deactivate_time IS NULL)
    AND (deactivate_request_no IS NULL) = (deactivate_reason IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX user_coupon_bundle_queued ON user_coupon_bundle (queued_stock_id, queued_at, user_coupon_bundle_id)
  WHERE queued_stock_id IS NOT NULL;

CREATE INDEX user_coupon_by_bundle ON user_coupon (user_coupon_bundle_id, user_coupon_bundle_index)
  WHERE user_coupon_bundle_id IS NOT NULL;
