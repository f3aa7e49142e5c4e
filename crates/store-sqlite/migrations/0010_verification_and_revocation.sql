-- How a merchant verifies the platform, and certificates that were revoked before they expired.
--   certificate: active -(revoked_at, or the time passes not_after)-> gone for good
ALTER TABLE merchant ADD COLUMN verification_mode TEXT NOT NULL DEFAULT 'BOTH'
  CHECK (verification_mode IN ('PLATFORM_CERTIFICATE', 'BOTH', 'PUBLIC_KEY'));
ALTER TABLE certificate ADD COLUMN revoked_at INTEGER;
