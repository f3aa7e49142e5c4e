-- The console: access tokens and sessions (hashes only), settings, the audit log, the request log.
-- console_token: in force -(revoked_at)-> revoked; its sessions open nothing from then on.
-- audit_entry is only added to; logged_request goes by age and number.

CREATE TABLE console_token (
  token_id text COLLATE "C" PRIMARY KEY, name text NOT NULL, role text NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
  secret_hash bytea NOT NULL, created_at bigint NOT NULL, revoked_at bigint
);

CREATE TABLE console_session (
  session_hash bytea PRIMARY KEY, token_id text COLLATE "C" NOT NULL, created_at bigint NOT NULL, seen_at bigint NOT NULL
);

CREATE TABLE console_setting (name text COLLATE "C" PRIMARY KEY, value text NOT NULL);

CREATE TABLE audit_entry (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at bigint NOT NULL, token_id text COLLATE "C" NOT NULL, token_name text NOT NULL,
  role text NOT NULL, action text NOT NULL, target text COLLATE "C" NOT NULL, request_no text, before text, after text
);
CREATE INDEX audit_entry_by_target ON audit_entry (target, seq);

CREATE TABLE logged_request (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, request_id text NOT NULL, at_ms bigint NOT NULL, duration_us bigint NOT NULL,
  method text NOT NULL, target text NOT NULL, caller text NOT NULL, operation text NOT NULL, status bigint NOT NULL,
  outcome text NOT NULL, code text, reason text, detail text NOT NULL
);
CREATE TABLE logged_request_name (
  value text COLLATE "C" NOT NULL, name text COLLATE "C" NOT NULL, seq bigint NOT NULL, PRIMARY KEY (value, name, seq)
);
CREATE INDEX logged_request_name_by_seq ON logged_request_name (seq);
