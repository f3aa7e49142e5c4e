//! What `Debug` shows of opened resources: they name people, so openids, codes and the like appear in part
//! and phone numbers not at all (client.md C-99). On the wire they are whole.

use std::fmt;

use super::{BusifavorAttachInfo, BusifavorSendResource, SendResource, UsageResource};

/// The first four and the last two characters of a text that is longer than six.
struct Partly<'a>(&'a str);

impl fmt::Debug for Partly<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let characters: Vec<char> = self.0.chars().collect();
        match &characters[..] {
            [first, second, third, fourth, rest @ .., before_last, last] if !rest.is_empty() => {
                write!(f, "\"{first}{second}{third}{fourth}***{before_last}{last}\"")
            }
            [] => f.write_str("\"\""),
            [..] => f.write_str("\"***\""),
        }
    }
}

fn partly(text: &Option<String>) -> Option<Partly<'_>> {
    text.as_deref().map(Partly)
}

impl fmt::Debug for SendResource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendResource")
            .field("brand_id", &self.brand_id)
            .field("coupon_code", &Partly(&self.coupon_code))
            .field("product_coupon_id", &self.product_coupon_id)
            .field("stock_id", &self.stock_id)
            .field("stock_bundle_id", &self.stock_bundle_id)
            .field("appid", &self.appid)
            .field("openid", &Partly(&self.openid))
            .field("receive_time", &self.receive_time)
            .field("send_request_no", &self.send_request_no)
            .field("send_channel", &self.send_channel)
            .field("valid_begin_time", &self.valid_begin_time)
            .field("valid_end_time", &self.valid_end_time)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for UsageResource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UsageResource")
            .field("brand_id", &self.brand_id)
            .field("coupon_code", &Partly(&self.coupon_code))
            .field("product_coupon_id", &self.product_coupon_id)
            .field("stock_id", &self.stock_id)
            .field("appid", &self.appid)
            .field("openid", &partly(&self.openid))
            .field("usage", &self.usage)
            .field("sequential_coupon_index", &self.sequential_coupon_index)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for BusifavorSendResource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BusifavorSendResource")
            .field("coupon_code", &Partly(&self.coupon_code))
            .field("stock_id", &self.stock_id)
            .field("send_time", &self.send_time)
            .field("openid", &partly(&self.openid))
            .field("send_channel", &self.send_channel)
            .field("send_merchant", &self.send_merchant)
            .field("attach_info", &self.attach_info)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for BusifavorAttachInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BusifavorAttachInfo")
            .field("transaction_id", &self.transaction_id)
            .field("act_code", &self.act_code)
            .field("hall_code", &self.hall_code)
            .field("code", &partly(&self.code))
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_shown_in_part() {
        for (text, shown) in [
            ("", "\"\""),
            ("123456", "\"***\""),
            ("1234567", "\"1234***67\""),
            ("券券券券券券券券", "\"券券券券***券券\""),
        ] {
            assert_eq!(format!("{:?}", Partly(text)), shown);
        }
    }

    #[test]
    fn nobody_can_be_called_from_a_log() {
        let attach = BusifavorAttachInfo {
            phone_number: Some("13800000000".into()),
            code: Some("CARDCODE-1".into()),
            ..BusifavorAttachInfo::default()
        };
        let shown = format!("{attach:?}");
        assert!(!shown.contains("13800000000") && !shown.contains("CARDCODE-1"), "{shown}");
    }
}
