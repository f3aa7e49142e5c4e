-- The first schema in PostgreSQL: the same state as SQLite's after its 0060. Times are whole seconds since the Unix
-- epoch; principals are 'mchid:…' or 'brand:…'. Texts compare by code point (collation C), in every database alike.
-- Rows that are rewritten often have room on their page for the next version (fillfactor).
-- JSON is kept as text: it is given back byte for byte, and holds characters that jsonb refuses.
--
-- user_coupon keeps facts, not states: PENDING, EFFECTIVE and EXPIRED follow from them and the time.
--   issued -> CONFIRMING -(confirm_time)-> PENDING / EFFECTIVE -(round.use_time)-> USED
--   deactivate_time, deleted_at and valid_end end it.
-- pre_send:      OPEN -(claimed_code)-> CLAIMED
-- notification:  waiting -> delivered | dead; waiting ones are leased to one sender at a time;
--                waiting -(authorisation withdrawn)-> dead
-- certificate:   active -(revoked_at, or the time passes not_after)-> gone for good
-- pool_code:     AVAILABLE -(dispatched_at)-> DISPATCHED; AVAILABLE -(deleted_at)-> deleted -(upload)-> AVAILABLE
-- image_task:    PROCESSING -(finished_at)-> SUCCESS, or FAIL without a picture
-- user_coupon_bundle keeps facts too; a row with queued_stock_id waits for a code of that stock, in the order of queued_at.

CREATE TABLE merchant (
  mchid text COLLATE "C" PRIMARY KEY, name text NOT NULL, apiv3_key text,
  verification_mode text NOT NULL CHECK (verification_mode IN ('PLATFORM_CERTIFICATE', 'BOTH', 'PUBLIC_KEY'))
);

CREATE TABLE brand (
  brand_id text COLLATE "C" PRIMARY KEY, name text NOT NULL, logo_url text, api_key text
);

CREATE TABLE certificate (
  principal text COLLATE "C" NOT NULL, serial_no text COLLATE "C" NOT NULL, pem text NOT NULL,
  not_after bigint NOT NULL, revoked_at bigint,
  PRIMARY KEY (principal, serial_no)
);

CREATE TABLE authorisation (
  brand_id text COLLATE "C" NOT NULL, mchid text COLLATE "C" NOT NULL, granted boolean NOT NULL,
  PRIMARY KEY (brand_id, mchid)
);

CREATE TABLE appid_binding (
  appid text COLLATE "C" NOT NULL, owner text COLLATE "C" NOT NULL, PRIMARY KEY (appid, owner)
);

CREATE TABLE person (
  appid text COLLATE "C" NOT NULL, openid text COLLATE "C" NOT NULL, person_id text COLLATE "C" NOT NULL,
  PRIMARY KEY (appid, openid)
);
CREATE INDEX person_by_id ON person (person_id, appid);

CREATE TABLE notify_url (
  principal text COLLATE "C" PRIMARY KEY, url text NOT NULL, updated_at bigint NOT NULL
);

CREATE TABLE brand_store (
  brand_id text COLLATE "C" NOT NULL, store_id text COLLATE "C" NOT NULL,
  state text NOT NULL CHECK (state IN ('OPEN', 'CREATING', 'CLOSED')),
  PRIMARY KEY (brand_id, store_id)
);

CREATE TABLE token_key (
  key_id bigint PRIMARY KEY, key bytea NOT NULL, created_at bigint NOT NULL
);

CREATE TABLE product_coupon (
  product_coupon_id text COLLATE "C" PRIMARY KEY, owner text COLLATE "C" NOT NULL, creator text COLLATE "C" NOT NULL,
  revision bigint NOT NULL, created_at bigint NOT NULL,
  deactivate_request_no text, deactivated_at bigint, deactivate_reason text
);

-- A revision never changes, so that an issued coupon can name the definition it was issued under.
CREATE TABLE product_coupon_revision (
  product_coupon_id text COLLATE "C" NOT NULL, revision bigint NOT NULL, definition text NOT NULL,
  PRIMARY KEY (product_coupon_id, revision)
);

-- ends_at is the end of the time of use, which no revision moves: STOPPED follows from it.
CREATE TABLE stock (
  stock_id text COLLATE "C" PRIMARY KEY, product_coupon_id text COLLATE "C" NOT NULL,
  owner text COLLATE "C" NOT NULL, creator text COLLATE "C" NOT NULL,
  revision bigint NOT NULL, created_at bigint NOT NULL, paused boolean NOT NULL,
  deactivate_request_no text, deactivated_at bigint, deactivate_reason text,
  issued bigint NOT NULL CHECK (issued >= 0),
  stock_bundle_id text COLLATE "C", stock_bundle_index bigint, ends_at bigint
) WITH (fillfactor = 50);
CREATE INDEX stock_by_product_coupon ON stock (product_coupon_id, created_at);
CREATE INDEX stock_by_bundle ON stock (stock_bundle_id, stock_bundle_index) WHERE stock_bundle_id IS NOT NULL;

CREATE TABLE stock_revision (
  stock_id text COLLATE "C" NOT NULL, revision bigint NOT NULL, definition text NOT NULL,
  PRIMARY KEY (stock_id, revision)
);

-- day is the calendar day in UTC+08:00, as yyyy-MM-dd.
CREATE TABLE stock_day (
  stock_id text COLLATE "C" NOT NULL, day text COLLATE "C" NOT NULL, issued bigint NOT NULL CHECK (issued >= 0),
  PRIMARY KEY (stock_id, day)
) WITH (fillfactor = 50);

CREATE TABLE stock_person (
  stock_id text COLLATE "C" NOT NULL, person_id text COLLATE "C" NOT NULL,
  issued bigint NOT NULL CHECK (issued >= 0),
  PRIMARY KEY (stock_id, person_id)
);

-- The stores in which coupons of a stock with store scope SPECIFIC may be used. The list stays when the scope
-- leaves SPECIFIC, and counts again when it comes back. position gives the order of association.
CREATE TABLE stock_store (
  stock_id text COLLATE "C" NOT NULL, store_id text COLLATE "C" NOT NULL, position bigint NOT NULL,
  PRIMARY KEY (stock_id, store_id)
);
CREATE UNIQUE INDEX stock_store_by_position ON stock_store (stock_id, position);

CREATE TABLE stock_bundle (
  stock_bundle_id text COLLATE "C" PRIMARY KEY, product_coupon_id text COLLATE "C" NOT NULL,
  owner text COLLATE "C" NOT NULL, creator text COLLATE "C" NOT NULL, created_at bigint NOT NULL
);

CREATE TABLE pool_code (
  stock_id text COLLATE "C" NOT NULL, coupon_code text COLLATE "C" NOT NULL, shuffle bigint NOT NULL,
  uploaded_at bigint NOT NULL, dispatched_at bigint, deleted_at bigint,
  PRIMARY KEY (stock_id, coupon_code)
);
CREATE INDEX pool_code_free ON pool_code (stock_id, shuffle) WHERE dispatched_at IS NULL AND deleted_at IS NULL;
CREATE INDEX pool_code_by_upload ON pool_code (stock_id, uploaded_at, coupon_code);

CREATE TABLE pre_send (
  pre_send_id bytea PRIMARY KEY, principal text COLLATE "C" NOT NULL, owner text COLLATE "C" NOT NULL,
  send_request_no text COLLATE "C" NOT NULL, fingerprint bytea NOT NULL,
  product_coupon_id text COLLATE "C" NOT NULL, stock_id text COLLATE "C" NOT NULL,
  stock_bundle_id text COLLATE "C", appid text COLLATE "C" NOT NULL, openid text COLLATE "C" NOT NULL,
  person_id text COLLATE "C" NOT NULL, coupon_code text COLLATE "C", attach text, tags text,
  created_at bigint NOT NULL, token_expires_at bigint NOT NULL,
  claimed_code text COLLATE "C", claimed_at bigint,
  CHECK ((claimed_code IS NULL) = (claimed_at IS NULL))
);
CREATE UNIQUE INDEX pre_send_by_number ON pre_send (principal, owner, send_request_no);
CREATE INDEX pre_send_by_code ON pre_send (stock_id, coupon_code)
  WHERE coupon_code IS NOT NULL AND claimed_code IS NULL;

-- round_count is of a sequential coupon; NULL in single mode.
CREATE TABLE user_coupon (
  stock_id text COLLATE "C" NOT NULL, coupon_code text COLLATE "C" NOT NULL, revision bigint NOT NULL,
  product_coupon_id text COLLATE "C" NOT NULL, owner text COLLATE "C" NOT NULL,
  product_coupon_revision bigint NOT NULL, stock_revision bigint NOT NULL,
  appid text COLLATE "C" NOT NULL, openid text COLLATE "C" NOT NULL, person_id text COLLATE "C" NOT NULL,
  send_request_no text COLLATE "C" NOT NULL, send_channel text NOT NULL, attach text, tags text,
  receive_time bigint NOT NULL, valid_begin bigint NOT NULL, valid_end bigint NOT NULL,
  confirm_required boolean NOT NULL, confirm_request_no text, confirm_time bigint, round_count bigint,
  deactivate_request_no text, deactivate_time bigint, deactivate_reason text, deleted_at bigint,
  user_coupon_bundle_id text COLLATE "C", user_coupon_bundle_index bigint,
  PRIMARY KEY (stock_id, coupon_code),
  CHECK (valid_begin <= valid_end),
  CHECK ((confirm_request_no IS NULL) = (confirm_time IS NULL))
);
CREATE INDEX user_coupon_by_person ON user_coupon (person_id, receive_time, stock_id, coupon_code);
CREATE INDEX user_coupon_by_bundle ON user_coupon (user_coupon_bundle_id, user_coupon_bundle_index)
  WHERE user_coupon_bundle_id IS NOT NULL;
CREATE INDEX user_coupon_by_code ON user_coupon (coupon_code);

-- The rounds issued so far; in single mode the one use, once there is one.
CREATE TABLE round (
  stock_id text COLLATE "C" NOT NULL, coupon_code text COLLATE "C" NOT NULL, round_index bigint NOT NULL,
  begins_at bigint NOT NULL, ends_at bigint NOT NULL,
  use_request_no text, use_time bigint, order_kind text, order_reference text, store_id text, saved_amount bigint,
  return_request_no text, return_time bigint,
  PRIMARY KEY (stock_id, coupon_code, round_index),
  CHECK ((use_request_no IS NULL) = (use_time IS NULL)),
  CHECK ((return_request_no IS NULL) = (return_time IS NULL))
);

CREATE TABLE user_coupon_bundle (
  user_coupon_bundle_id text COLLATE "C" PRIMARY KEY, revision bigint NOT NULL,
  stock_bundle_id text COLLATE "C" NOT NULL, product_coupon_id text COLLATE "C" NOT NULL,
  owner text COLLATE "C" NOT NULL, person_id text COLLATE "C" NOT NULL,
  total_count bigint NOT NULL, created_at bigint NOT NULL,
  queued_stock_id text COLLATE "C", queued_index bigint, queued_use_time bigint, queued_at bigint,
  deactivate_request_no text, deactivate_time bigint, deactivate_reason text,
  CHECK ((queued_stock_id IS NULL) = (queued_index IS NULL)
    AND (queued_stock_id IS NULL) = (queued_use_time IS NULL)
    AND (queued_stock_id IS NULL) = (queued_at IS NULL)),
  CHECK ((deactivate_request_no IS NULL) = (deactivate_time IS NULL)
    AND (deactivate_request_no IS NULL) = (deactivate_reason IS NULL))
);
CREATE INDEX user_coupon_bundle_queued ON user_coupon_bundle (queued_stock_id, queued_at, user_coupon_bundle_id)
  WHERE queued_stock_id IS NOT NULL;

CREATE TABLE idempotency (
  principal text COLLATE "C" NOT NULL, owner text COLLATE "C" NOT NULL, operation text COLLATE "C" NOT NULL,
  target text COLLATE "C" NOT NULL, request_no text COLLATE "C" NOT NULL,
  fingerprint bytea NOT NULL, answer text NOT NULL, created_at bigint NOT NULL,
  PRIMARY KEY (principal, owner, operation, target, request_no)
);

-- brand_id is the brand that a notification is about, if any.
CREATE TABLE notification (
  notification_id text COLLATE "C" PRIMARY KEY, receiver text COLLATE "C" NOT NULL, brand_id text COLLATE "C",
  event_type text NOT NULL, create_time bigint NOT NULL, summary text NOT NULL, associated_data text NOT NULL,
  original_type text NOT NULL, resource text NOT NULL,
  state text NOT NULL CHECK (state IN ('waiting', 'delivered', 'dead')), attempts bigint NOT NULL,
  due_at bigint NOT NULL, leased_by text
);
CREATE INDEX notification_due ON notification (due_at) WHERE state = 'waiting';
CREATE INDEX notification_waiting_for ON notification (receiver, brand_id) WHERE state = 'waiting';

CREATE TABLE notification_attempt (
  notification_id text COLLATE "C" NOT NULL, number bigint NOT NULL, started_at bigint NOT NULL, status bigint,
  outcome text NOT NULL,
  PRIMARY KEY (notification_id, number)
);

-- Pictures that were uploaded or generated, served back under an unguessable id. They are compressed already.
CREATE TABLE image (
  image_id text COLLATE "C" PRIMARY KEY, owner text COLLATE "C" NOT NULL, sha256 bytea NOT NULL,
  media_type text NOT NULL, width bigint NOT NULL, height bigint NOT NULL, bytes bytea NOT NULL,
  created_at bigint NOT NULL
);
ALTER TABLE image ALTER COLUMN bytes SET STORAGE EXTERNAL;
CREATE UNIQUE INDEX image_by_content ON image (owner, sha256);

CREATE TABLE image_task (
  principal text COLLATE "C" NOT NULL, owner text COLLATE "C" NOT NULL, kind text COLLATE "C" NOT NULL,
  task_id text COLLATE "C" NOT NULL, finished_at bigint NOT NULL, image_id text COLLATE "C",
  PRIMARY KEY (principal, owner, kind, task_id)
);

CREATE TABLE busifavor_callback (
  mchid text COLLATE "C" PRIMARY KEY, url text NOT NULL, updated_at bigint NOT NULL
);

-- Without a row the creator of the stock sent the coupon.
CREATE TABLE coupon_sender (
  stock_id text COLLATE "C" NOT NULL, coupon_code text COLLATE "C" NOT NULL, sender text COLLATE "C" NOT NULL,
  PRIMARY KEY (stock_id, coupon_code)
);

CREATE TABLE coupon_order (
  stock_id text COLLATE "C" NOT NULL, coupon_code text COLLATE "C" NOT NULL, out_trade_no text NOT NULL,
  PRIMARY KEY (stock_id, coupon_code)
);

CREATE TABLE gov_card (
  card_code text COLLATE "C" PRIMARY KEY, card_id text NOT NULL, sender text COLLATE "C" NOT NULL,
  appid text NOT NULL, openid text NOT NULL, request_no text NOT NULL, send_time bigint NOT NULL,
  created_at bigint NOT NULL
);

CREATE TABLE subsidy_pay_receipt (
  receipt_id text COLLATE "C" PRIMARY KEY, stock_id text COLLATE "C" NOT NULL, coupon_code text COLLATE "C" NOT NULL,
  transaction_id text NOT NULL, payer text NOT NULL, payee text NOT NULL, amount bigint NOT NULL CHECK (amount > 0),
  description text NOT NULL, out_subsidy_no text NOT NULL, created_at bigint NOT NULL
);
CREATE INDEX subsidy_pay_receipt_by_coupon ON subsidy_pay_receipt (stock_id, coupon_code, created_at);

CREATE TABLE subsidy_return_receipt (
  return_receipt_id text COLLATE "C" PRIMARY KEY, receipt_id text COLLATE "C" NOT NULL, refund_id text NOT NULL,
  amount bigint NOT NULL CHECK (amount > 0), description text NOT NULL, out_subsidy_return_no text NOT NULL,
  created_at bigint NOT NULL
);
CREATE INDEX subsidy_return_receipt_by_payment ON subsidy_return_receipt (receipt_id);

-- One row for each session that has written: the number of the last batch that it committed, so that a commit whose
-- answer was lost can be told from one that never was. A fenced session commits nothing any more.
--   number grows -(the session was lost)-> fenced -(a day passes)-> removed
CREATE TABLE batch (
  session text COLLATE "C" PRIMARY KEY, number bigint NOT NULL, fenced boolean NOT NULL DEFAULT false,
  written_at timestamptz NOT NULL DEFAULT now(),
  CHECK (number >= 0)
) WITH (fillfactor = 50);
