-- Lists of stocks by state: STOPPED follows from the end of the time of use, which no revision moves.

ALTER TABLE stock ADD COLUMN ends_at INTEGER;
UPDATE stock SET ends_at = (
  SELECT unixepoch(coalesce(
    json_extract(definition, '$.product_coupon.single_usage_rule.coupon_available_period.available_end_time'),
    json_extract(definition, '$.product_coupon.sequential_usage_rule.coupon_available_period.available_end_time'),
    json_extract(definition, '$.product_coupon.progressive_bundle_usage_rule.coupon_available_period.available_end_time')))
  FROM stock_revision
  WHERE stock_revision.stock_id = stock.stock_id AND stock_revision.revision = stock.revision);

DROP INDEX stock_by_product_coupon;
CREATE INDEX stock_by_product_coupon ON stock (product_coupon_id, created_at);
