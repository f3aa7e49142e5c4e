-- Coupons are looked up by person (user_coupon_by_person); nothing asks by openid any more.
DROP INDEX user_coupon_by_user;
