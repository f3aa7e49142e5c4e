-- The brand a notification is about: a withdrawn authorisation ends what is still waiting for that provider and brand.
--   waiting -(authorisation withdrawn)-> dead
ALTER TABLE notification ADD COLUMN brand_id TEXT;
UPDATE notification SET brand_id = json_extract(resource, '$.brand_id') WHERE json_valid(resource);
CREATE INDEX notification_waiting_for ON notification (receiver, brand_id) WHERE state = 'waiting';
