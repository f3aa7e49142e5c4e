-- What the console asks by time: rows come at the right edge of these indexes, so keeping them costs little.
-- Unconfirmed coupons and deliveries in trouble are few, and only they stand in their indexes.
-- None is about a coupon's code: what is said of a coupon is found by the seconds at which something happened to it.

CREATE INDEX pre_send_by_time ON pre_send (created_at);
CREATE INDEX user_coupon_by_time ON user_coupon (receive_time, stock_id, coupon_code);
CREATE INDEX user_coupon_by_confirm ON user_coupon (confirm_time) WHERE confirm_time IS NOT NULL;
CREATE INDEX user_coupon_unconfirmed ON user_coupon (receive_time)
  WHERE confirm_required AND confirm_time IS NULL AND deactivate_time IS NULL AND deleted_at IS NULL;
CREATE INDEX round_by_use ON round (use_time) WHERE use_time IS NOT NULL;
CREATE INDEX round_by_return ON round (return_time) WHERE return_time IS NOT NULL;
CREATE INDEX notification_by_time ON notification (create_time, notification_id);
CREATE INDEX notification_in_trouble ON notification (create_time, notification_id)
  WHERE state = 'dead' OR state = 'waiting' AND attempts > 0;
