//! What a send may tag a coupon with (api-product-coupon 3.16, semantics 3.4).
//!
//! Tags are echoed, not judged: whether the user is a member is not asked here.

use quan_model::coupon::CouponTagInfo;
use quan_model::enums::CouponTag;

use crate::field;
use crate::refusal::{Violation, ViolationKind};

/// No official length; as long as any other id may be.
const MEMBER_CARD_ID_LEN_MAX: usize = 128;

/// Checks the tags of a send; `at` is the pointer of the object (`/coupon_tag_info` in 5.20 and 5.22).
///
/// # Errors
/// [`ViolationKind::Rule`] for tag MEMBER without a member card; otherwise what is wrong with the card's id.
pub fn check(at: &str, tags: &CouponTagInfo) -> Result<(), Violation> {
    let is_member = tags.coupon_tag_list.iter().flatten().any(|tag| match tag {
        CouponTag::Member => true,
    });
    match &tags.member_tag_info {
        Some(member) => {
            let field = format!("{at}/member_tag_info/member_card_id");
            field::required(field, &member.member_card_id, MEMBER_CARD_ID_LEN_MAX)
        }
        None if is_member => {
            let issue = "会员券必须填写member_tag_info中的member_card_id";
            Err(Violation::new(format!("{at}/member_tag_info"), ViolationKind::Rule, issue))
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use quan_model::coupon::MemberTagInfo;

    use super::*;

    #[test]
    fn a_member_coupon_names_its_card() {
        let card = |id: &str| Some(MemberTagInfo { member_card_id: id.to_owned() });
        let member = || Some(vec![CouponTag::Member]);
        let at_card = "/coupon_tag_info/member_tag_info/member_card_id";
        for (coupon_tag_list, member_tag_info, found) in [
            (None, None, None),
            (Some(Vec::new()), None, None),
            (member(), card("1"), None),
            (member(), card(&"会".repeat(128)), None),
            (None, card("card"), None),
            (member(), None, Some(("/coupon_tag_info/member_tag_info", ViolationKind::Rule))),
            (member(), card(""), Some((at_card, ViolationKind::TooShort))),
            (member(), card(&"1".repeat(129)), Some((at_card, ViolationKind::TooLong))),
            (None, card(""), Some((at_card, ViolationKind::TooShort))),
        ] {
            let tags = CouponTagInfo { coupon_tag_list, member_tag_info };
            let violation = check("/coupon_tag_info", &tags).err();
            let violation = violation.as_ref().map(|violation| (violation.field.as_str(), violation.kind));
            assert_eq!(violation, found, "{tags:?}");
        }
    }
}
