-- The first schema. Times are whole seconds since the Unix epoch; principals are 'mchid:…' or 'brand:…'.
--
-- user_coupon keeps facts, not states: PENDING, EFFECTIVE and EXPIRED follow from them and the time.
--   issued -> CONFIRMING -(confirm_time)-> PENDING / EFFECTIVE -(round.use_time)-> USED
--   deactivate_time, deleted_at and valid_end end it.
-- pre_send:      OPEN -(claimed_code)-> CLAIMED
-- notification:  waiting -> delivered | dead; waiting ones are leased to one sender at a time.

CREATE TABLE merchant (
  mchid TEXT PRIMARY KEY, name TEXT NOT NULL, apiv3_key TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE brand (
  brand_id TEXT PRIMARY KEY, name TEXT NOT NULL, logo_url TEXT, api_key TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE certificate (
  principal TEXT NOT NULL, serial_no TEXT NOT NULL, pem TEXT NOT NULL, not_after INTEGER NOT NULL,
  PRIMARY KEY (principal, serial_no)
) STRICT, WITHOUT ROWID;

CREATE TABLE authorisation (
  brand_id TEXT NOT NULL, mchid TEXT NOT NULL, granted INTEGER NOT NULL CHECK (granted IN (0, 1)),
  PRIMARY KEY (brand_id, mchid)
) STRICT, WITHOUT ROWID;

CREATE TABLE appid_binding (
  appid TEXT NOT NULL, owner TEXT NOT NULL, PRIMARY KEY (appid, owner)
) STRICT, WITHOUT ROWID;

CREATE TABLE person (
  appid TEXT NOT NULL, openid TEXT NOT NULL, person_id TEXT NOT NULL, PRIMARY KEY (appid, openid)
) STRICT, WITHOUT ROWID;
CREATE INDEX person_by_id ON person (person_id, appid);

CREATE TABLE notify_url (
  principal TEXT PRIMARY KEY, url TEXT NOT NULL, updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE brand_store (
  brand_id TEXT NOT NULL, store_id TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('OPEN', 'CREATING', 'CLOSED')),
  PRIMARY KEY (brand_id, store_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE token_key (
  key_id INTEGER PRIMARY KEY, key BLOB NOT NULL, created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE product_coupon (
  product_coupon_id TEXT PRIMARY KEY, brand_id TEXT NOT NULL, creator TEXT NOT NULL,
  revision INTEGER NOT NULL, created_at INTEGER NOT NULL, deactivated_at INTEGER
) STRICT, WITHOUT ROWID;

-- A revision never changes, so that an issued coupon can name the definition it was issued under.
CREATE TABLE product_coupon_revision (
  product_coupon_id TEXT NOT NULL, revision INTEGER NOT NULL, definition TEXT NOT NULL,
  PRIMARY KEY (product_coupon_id, revision)
) STRICT, WITHOUT ROWID;

CREATE TABLE stock (
  stock_id TEXT PRIMARY KEY, product_coupon_id TEXT NOT NULL, brand_id TEXT NOT NULL, creator TEXT NOT NULL,
  revision INTEGER NOT NULL, created_at INTEGER NOT NULL, paused INTEGER NOT NULL CHECK (paused IN (0, 1)),
  deactivated_at INTEGER, issued INTEGER NOT NULL CHECK (issued >= 0)
) STRICT, WITHOUT ROWID;
CREATE INDEX stock_by_product_coupon ON stock (product_coupon_id);

CREATE TABLE stock_revision (
  stock_id TEXT NOT NULL, revision INTEGER NOT NULL, definition TEXT NOT NULL,
  PRIMARY KEY (stock_id, revision)
) STRICT, WITHOUT ROWID;

-- day is the calendar day in UTC+08:00, as yyyy-MM-dd.
CREATE TABLE stock_day (
  stock_id TEXT NOT NULL, day TEXT NOT NULL, issued INTEGER NOT NULL CHECK (issued >= 0),
  PRIMARY KEY (stock_id, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE stock_person (
  stock_id TEXT NOT NULL, person_id TEXT NOT NULL, issued INTEGER NOT NULL CHECK (issued >= 0),
  PRIMARY KEY (stock_id, person_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE pool_code (
  stock_id TEXT NOT NULL, coupon_code TEXT NOT NULL, shuffle INTEGER NOT NULL,
  uploaded_at INTEGER NOT NULL, dispatched_at INTEGER,
  PRIMARY KEY (stock_id, coupon_code)
) STRICT, WITHOUT ROWID;
CREATE INDEX pool_code_free ON pool_code (stock_id, shuffle) WHERE dispatched_at IS NULL;

CREATE TABLE pre_send (
  pre_send_id BLOB PRIMARY KEY, principal TEXT NOT NULL, brand_id TEXT NOT NULL, send_request_no TEXT NOT NULL,
  fingerprint BLOB NOT NULL, product_coupon_id TEXT NOT NULL, stock_id TEXT NOT NULL, appid TEXT NOT NULL,
  openid TEXT NOT NULL, person_id TEXT NOT NULL, coupon_code TEXT, attach TEXT, created_at INTEGER NOT NULL,
  token_expires_at INTEGER NOT NULL, claimed_code TEXT, claimed_at INTEGER,
  CHECK ((claimed_code IS NULL) = (claimed_at IS NULL))
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX pre_send_by_number ON pre_send (principal, brand_id, send_request_no);
CREATE INDEX pre_send_by_code ON pre_send (stock_id, coupon_code) WHERE coupon_code IS NOT NULL AND claimed_code IS NULL;

CREATE TABLE user_coupon (
  stock_id TEXT NOT NULL, coupon_code TEXT NOT NULL, revision INTEGER NOT NULL,
  product_coupon_id TEXT NOT NULL, brand_id TEXT NOT NULL,
  product_coupon_revision INTEGER NOT NULL, stock_revision INTEGER NOT NULL,
  appid TEXT NOT NULL, openid TEXT NOT NULL, person_id TEXT NOT NULL,
  send_request_no TEXT NOT NULL, send_channel TEXT NOT NULL, attach TEXT,
  receive_time INTEGER NOT NULL, valid_begin INTEGER NOT NULL, valid_end INTEGER NOT NULL,
  confirm_required INTEGER NOT NULL CHECK (confirm_required IN (0, 1)),
  confirm_request_no TEXT, confirm_time INTEGER,
  round_count INTEGER, -- of a sequential coupon; NULL in single mode
  deactivate_request_no TEXT, deactivate_time INTEGER, deactivate_reason TEXT, deleted_at INTEGER,
  PRIMARY KEY (stock_id, coupon_code),
  CHECK (valid_begin <= valid_end),
  CHECK ((confirm_request_no IS NULL) = (confirm_time IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX user_coupon_by_user ON user_coupon (openid, appid, receive_time);

-- The rounds issued so far; in single mode the one use, once there is one.
CREATE TABLE round (
  stock_id TEXT NOT NULL, coupon_code TEXT NOT NULL, round_index INTEGER NOT NULL,
  begins_at INTEGER NOT NULL, ends_at INTEGER NOT NULL,
  use_request_no TEXT, use_time INTEGER, order_kind TEXT, order_reference TEXT, store_id TEXT, saved_amount INTEGER,
  return_request_no TEXT, return_time INTEGER,
  PRIMARY KEY (stock_id, coupon_code, round_index),
  CHECK ((use_request_no IS NULL) = (use_time IS NULL)),
  CHECK ((return_request_no IS NULL) = (return_time IS NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE idempotency (
  principal TEXT NOT NULL, brand_id TEXT NOT NULL, operation TEXT NOT NULL, target TEXT NOT NULL,
  request_no TEXT NOT NULL, fingerprint BLOB NOT NULL, answer TEXT NOT NULL, created_at INTEGER NOT NULL,
  PRIMARY KEY (principal, brand_id, operation, target, request_no)
) STRICT, WITHOUT ROWID;

CREATE TABLE notification (
  notification_id TEXT PRIMARY KEY, receiver TEXT NOT NULL, event_type TEXT NOT NULL, create_time INTEGER NOT NULL,
  summary TEXT NOT NULL, associated_data TEXT NOT NULL, original_type TEXT NOT NULL, resource TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'dead')), attempts INTEGER NOT NULL,
  due_at INTEGER NOT NULL, leased_by TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX notification_due ON notification (due_at) WHERE state = 'waiting';

CREATE TABLE notification_attempt (
  notification_id TEXT NOT NULL, number INTEGER NOT NULL, started_at INTEGER NOT NULL, status INTEGER,
  outcome TEXT NOT NULL,
  PRIMARY KEY (notification_id, number)
) STRICT, WITHOUT ROWID;
