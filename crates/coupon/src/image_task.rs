//! What an image generation task asks for (api-product-coupon 5.34): the benefit to be drawn, or the picture to
//! be cut out.

use quan_model::enums::{ImageGenerationType, ProductCouponScope, ProductCouponType};
use quan_model::product_coupon::{CombineImage, CreateImageGenerationTaskRequest};

use crate::benefit::Benefit;
use crate::refusal::{Violation, ViolationKind};

/// A checked task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImageOrder {
    /// COMBINE_IMAGE: a card of this benefit.
    Card {
        /// What the coupon is worth.
        benefit: Benefit,
        /// `#rrggbb`, if one was asked for.
        background_color: Option<String>,
    },
    /// CUT_OUT: the picture under this URL without its background.
    CutOut {
        /// As it was given.
        image_url: String,
    },
}

/// Reads a task.
///
/// # Errors
/// The first [`Violation`]: the object of the type is missing, the other one is given, no benefit fits the
/// type, or a colour is not `#rrggbb`.
pub fn parse(request: &CreateImageGenerationTaskRequest) -> Result<ImageOrder, Violation> {
    let kind = request.image_generation_type;
    let unwanted = |name: &str| {
        Violation::new(format!("/{name}"), ViolationKind::Rule, format!("任务类型为{kind}时不能填写{name}"))
    };
    let missing = |name: &str| {
        Violation::new(
            format!("/{name}"),
            ViolationKind::Missing,
            format!("任务类型为{kind}时必须填写{name}"),
        )
    };
    match kind {
        ImageGenerationType::CombineImage => {
            if request.cut_out.is_some() {
                return Err(unwanted("cut_out"));
            }
            card(request.combine_image.as_ref().ok_or_else(|| missing("combine_image"))?)
        }
        ImageGenerationType::CutOut => {
            if request.combine_image.is_some() {
                return Err(unwanted("combine_image"));
            }
            let wanted = request.cut_out.as_ref().ok_or_else(|| missing("cut_out"))?;
            Ok(ImageOrder::CutOut { image_url: wanted.image_url.clone() })
        }
    }
}

fn card(image: &CombineImage) -> Result<ImageOrder, Violation> {
    let at = |name: &str| format!("/combine_image/{name}");
    if image.kind == ProductCouponType::Exchange && image.scope != ProductCouponScope::Single {
        return Err(Violation::new(
            at("type"),
            ViolationKind::Rule,
            "兑换券只支持单品，请将scope填写为SINGLE",
        ));
    }
    for (kind, name, is_given) in [
        (ProductCouponType::Normal, "normal_coupon", image.normal_coupon.is_some()),
        (ProductCouponType::Discount, "discount_coupon", image.discount_coupon.is_some()),
        (ProductCouponType::Exchange, "exchange_coupon", image.exchange_coupon.is_some()),
    ] {
        if is_given && kind != image.kind {
            let issue = "优惠规则与券类型不符，请删除";
            return Err(Violation::new(at(name), ViolationKind::Rule, issue));
        }
        if !is_given && kind == image.kind {
            let issue = "缺少与券类型对应的优惠规则";
            return Err(Violation::new(at(name), ViolationKind::Missing, issue));
        }
    }
    let benefit = match (&image.normal_coupon, &image.discount_coupon, &image.exchange_coupon) {
        (Some(rule), _, _) => Benefit::normal(&at("normal_coupon"), rule)?,
        (None, Some(rule), _) => Benefit::discount(&at("discount_coupon"), rule)?,
        (None, None, Some(rule)) => Benefit::exchange(&at("exchange_coupon"), rule)?,
        (None, None, None) => {
            let issue = "缺少与券类型对应的优惠规则";
            return Err(Violation::new("/combine_image", ViolationKind::Missing, issue));
        }
    };
    if let Some(color) = &image.background_color
        && !is_color(color)
    {
        let issue = "颜色应为#rrggbb";
        return Err(
            Violation::new(at("background_color"), ViolationKind::Format, issue).with_value(color.as_str())
        );
    }
    Ok(ImageOrder::Card { benefit, background_color: image.background_color.clone() })
}

fn is_color(text: &str) -> bool {
    text.strip_prefix('#')
        .is_some_and(|digits| digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use quan_model::coupon::{DiscountCouponRule, ExchangeCouponRule, NormalCouponRule};
    use quan_model::enums::UsageMode;
    use quan_model::product_coupon::CutOut;

    use super::*;

    fn combine() -> CreateImageGenerationTaskRequest {
        CreateImageGenerationTaskRequest {
            task_id: "TASK_0001".into(),
            image_generation_type: ImageGenerationType::CombineImage,
            combine_image: Some(CombineImage {
                scope: ProductCouponScope::All,
                kind: ProductCouponType::Normal,
                usage_mode: UsageMode::Single,
                normal_coupon: Some(NormalCouponRule { threshold: 8000, discount_amount: 1500 }),
                discount_coupon: None,
                exchange_coupon: None,
                background_color: Some("#e8453C".into()),
            }),
            cut_out: None,
            brand_id: None,
        }
    }

    fn finding(edit: impl FnOnce(&mut CreateImageGenerationTaskRequest)) -> String {
        let mut request = combine();
        edit(&mut request);
        parse(&request).err().map_or(String::new(), |found| format!("{} {:?}", found.field, found.kind))
    }

    fn finding_in_card(edit: impl FnOnce(&mut CombineImage)) -> String {
        finding(|request| edit(request.combine_image.as_mut().unwrap()))
    }

    #[test]
    fn the_object_of_the_type_and_no_other() {
        assert_eq!(finding(|_| {}), "");
        assert_eq!(finding(|r| r.combine_image = None), "/combine_image Missing");
        let cut_out = || Some(CutOut { image_url: "https://example.com/1.png".into() });
        assert_eq!(finding(|r| r.cut_out = cut_out()), "/cut_out Rule");
        let of_type = |r: &mut CreateImageGenerationTaskRequest| {
            r.image_generation_type = ImageGenerationType::CutOut;
        };
        assert_eq!(finding(of_type), "/combine_image Rule");
        let cutting = |r: &mut CreateImageGenerationTaskRequest, given| {
            of_type(r);
            r.combine_image = None;
            r.cut_out = given;
        };
        assert_eq!(finding(|r| cutting(r, None)), "/cut_out Missing");
        assert_eq!(finding(|r| cutting(r, cut_out())), "");
    }

    #[test]
    fn the_benefit_of_the_type_and_no_other() {
        let at = "/combine_image";
        assert_eq!(finding_in_card(|card| card.normal_coupon = None), format!("{at}/normal_coupon Missing"));
        let discount = Some(DiscountCouponRule { threshold: 0, percent_off: 15 });
        assert_eq!(
            finding_in_card(|card| card.discount_coupon = discount),
            format!("{at}/discount_coupon Rule")
        );
        let exchanging = |card: &mut CombineImage, scope| {
            (card.scope, card.kind, card.normal_coupon) = (scope, ProductCouponType::Exchange, None);
            card.exchange_coupon = Some(ExchangeCouponRule { threshold: 0, exchange_price: 0 });
        };
        assert_eq!(finding_in_card(|card| exchanging(card, ProductCouponScope::Single)), "");
        assert_eq!(
            finding_in_card(|card| exchanging(card, ProductCouponScope::All)),
            format!("{at}/type Rule")
        );
        let too_much = Some(NormalCouponRule { threshold: 100, discount_amount: 101 });
        assert_eq!(
            finding_in_card(|card| card.normal_coupon = too_much),
            format!("{at}/normal_coupon/discount_amount OutOfRange")
        );
    }

    #[test]
    fn colours_have_six_digits() {
        for (color, is_right) in
            [("#000000", true), ("#FFffFF", true), ("#fff", false), ("e8453c", false), ("#gggggg", false)]
        {
            let found = finding_in_card(|card| card.background_color = Some(color.into()));
            assert_eq!(found.is_empty(), is_right, "{color}");
        }
    }
}
