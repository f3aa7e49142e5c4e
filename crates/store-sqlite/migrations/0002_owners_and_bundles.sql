-- What belonged to a brand belongs to an owner, 'brand:…' or 'mchid:…': over busifavor a merchant owns stocks.
-- Deactivations keep their number and reason. Stocks and coupons may stand in a bundle or chain.

ALTER TABLE product_coupon RENAME COLUMN brand_id TO owner;
UPDATE product_coupon SET owner = 'brand:' || owner;
ALTER TABLE product_coupon ADD COLUMN deactivate_request_no TEXT;
ALTER TABLE product_coupon ADD COLUMN deactivate_reason TEXT;

ALTER TABLE stock RENAME COLUMN brand_id TO owner;
UPDATE stock SET owner = 'brand:' || owner;
ALTER TABLE stock ADD COLUMN deactivate_request_no TEXT;
ALTER TABLE stock ADD COLUMN deactivate_reason TEXT;
ALTER TABLE stock ADD COLUMN stock_bundle_id TEXT;
ALTER TABLE stock ADD COLUMN stock_bundle_index INTEGER;
CREATE INDEX stock_by_bundle ON stock (stock_bundle_id, stock_bundle_index) WHERE stock_bundle_id IS NOT NULL;

-- The definition says over which kind of face it was written.
UPDATE stock_revision SET definition = json_object('product_coupon', json(definition));

ALTER TABLE pre_send RENAME COLUMN brand_id TO owner;
UPDATE pre_send SET owner = 'brand:' || owner;
ALTER TABLE pre_send ADD COLUMN stock_bundle_id TEXT;
ALTER TABLE pre_send ADD COLUMN tags TEXT;

ALTER TABLE user_coupon RENAME COLUMN brand_id TO owner;
UPDATE user_coupon SET owner = 'brand:' || owner;
ALTER TABLE user_coupon ADD COLUMN user_coupon_bundle_id TEXT;
ALTER TABLE user_coupon ADD COLUMN user_coupon_bundle_index INTEGER;
ALTER TABLE user_coupon ADD COLUMN tags TEXT;
CREATE UNIQUE INDEX user_coupon_by_person ON user_coupon (person_id, receive_time, stock_id, coupon_code);

ALTER TABLE idempotency RENAME COLUMN brand_id TO owner;
UPDATE idempotency SET owner = 'brand:' || owner;
