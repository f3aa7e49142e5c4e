-- The console: access tokens and sessions (hashes only), settings, the audit log, the request log.
-- console_token: in force -(revoked_at)-> revoked; its sessions open nothing from then on.
-- audit_entry is only added to; logged_request goes by age and number.

CREATE TABLE console_token (
  token_id TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
  secret_hash BLOB NOT NULL, created_at INTEGER NOT NULL, revoked_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE console_session (
  session_hash BLOB PRIMARY KEY, token_id TEXT NOT NULL, created_at INTEGER NOT NULL, seen_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE console_setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE audit_entry (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, token_id TEXT NOT NULL, token_name TEXT NOT NULL,
  role TEXT NOT NULL, action TEXT NOT NULL, target TEXT NOT NULL, request_no TEXT, before TEXT, after TEXT
) STRICT;
CREATE INDEX audit_entry_by_target ON audit_entry (target, seq);

CREATE TABLE logged_request (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, request_id TEXT NOT NULL, at_ms INTEGER NOT NULL, duration_us INTEGER NOT NULL,
  method TEXT NOT NULL, target TEXT NOT NULL, caller TEXT NOT NULL, operation TEXT NOT NULL, status INTEGER NOT NULL,
  outcome TEXT NOT NULL, code TEXT, reason TEXT, detail TEXT NOT NULL
) STRICT;
CREATE TABLE logged_request_name (
  value TEXT NOT NULL, name TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (value, name, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX logged_request_name_by_seq ON logged_request_name (seq);
