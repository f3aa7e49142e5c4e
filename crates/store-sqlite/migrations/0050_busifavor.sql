-- The busifavor face: callback addresses, senders and orders of coupons, consumption cards, subsidy receipts,
-- and codes deleted from a pool.
-- pool_code: AVAILABLE -(dispatched_at)-> DISPATCHED; AVAILABLE -(deleted_at)-> deleted -(upload)-> AVAILABLE

CREATE TABLE busifavor_callback (
  mchid TEXT PRIMARY KEY, url TEXT NOT NULL, updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Without a row the creator of the stock sent the coupon.
CREATE TABLE coupon_sender (
  stock_id TEXT NOT NULL, coupon_code TEXT NOT NULL, sender TEXT NOT NULL,
  PRIMARY KEY (stock_id, coupon_code)
) STRICT, WITHOUT ROWID;

CREATE TABLE coupon_order (
  stock_id TEXT NOT NULL, coupon_code TEXT NOT NULL, out_trade_no TEXT NOT NULL,
  PRIMARY KEY (stock_id, coupon_code)
) STRICT, WITHOUT ROWID;

CREATE INDEX user_coupon_by_code ON user_coupon (coupon_code);

CREATE TABLE gov_card (
  card_code TEXT PRIMARY KEY, card_id TEXT NOT NULL, sender TEXT NOT NULL, appid TEXT NOT NULL,
  openid TEXT NOT NULL, request_no TEXT NOT NULL, send_time INTEGER NOT NULL, created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE subsidy_pay_receipt (
  receipt_id TEXT PRIMARY KEY, stock_id TEXT NOT NULL, coupon_code TEXT NOT NULL, transaction_id TEXT NOT NULL,
  payer TEXT NOT NULL, payee TEXT NOT NULL, amount INTEGER NOT NULL CHECK (amount > 0),
  description TEXT NOT NULL, out_subsidy_no TEXT NOT NULL, created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX subsidy_pay_receipt_by_coupon ON subsidy_pay_receipt (stock_id, coupon_code, created_at);

CREATE TABLE subsidy_return_receipt (
  return_receipt_id TEXT PRIMARY KEY, receipt_id TEXT NOT NULL, refund_id TEXT NOT NULL,
  amount INTEGER NOT NULL CHECK (amount > 0), description TEXT NOT NULL, out_subsidy_return_no TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX subsidy_return_receipt_by_payment ON subsidy_return_receipt (receipt_id);

ALTER TABLE pool_code ADD COLUMN deleted_at INTEGER;
DROP INDEX pool_code_free;
CREATE INDEX pool_code_free ON pool_code (stock_id, shuffle) WHERE dispatched_at IS NULL AND deleted_at IS NULL;
CREATE INDEX pool_code_by_upload ON pool_code (stock_id, uploaded_at, coupon_code);
