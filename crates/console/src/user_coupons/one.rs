//! GET /console/user-coupons/{stock_id}/{coupon_code}: the face, the facts and the timeline of one coupon.

use axum::extract::Path;
use axum::response::Response;
use quan_model::enums::UserCouponState;
use quan_platform::console::user_coupons::{self, CouponStory, Event, Fact, Moment};

use crate::catalogue::{coupon_address, stock_address, ticket};
use crate::context::Context;
use crate::failure::Failure;
use crate::shown::{encoded, time};
use crate::view::{Action, Block, Cell, DetailPage, Field, FieldKind, Section, ShownMoment};
use crate::words;

pub(crate) async fn handle(
    context: Context,
    Path((stock_id, code)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let stock_id = stock_id.parse().map_err(|_| Failure::NotFound)?;
    let code = code.parse().map_err(|_| Failure::NotFound)?;
    let story = context.read(move |view| user_coupons::story(view, &stock_id, &code)).await?;
    let language = context.language;
    let coupon = &story.seen.record.coupon;
    let mut page = DetailPage::new(&context, "user-coupons", coupon.coupon_code.to_string());
    page.crumb = Some((language.t("用户券", "User coupons"), "/console/user-coupons"));
    page.state = Some(words::coupon_state(language, story.seen.state));
    let moments = story.timeline.iter().map(|moment| shown(&context, moment)).collect();
    let hint = language.t(
        "请求日志只保留一段时间，更早的调用不再显示。",
        "The request log keeps calls for a while only; older ones are not shown any more.",
    );
    page.sections = vec![
        Section::new(language.t("券面", "Face"), vec![Block::Ticket(ticket(&context, &story.stock))]),
        Section::new(language.t("信息", "Facts"), vec![Block::Facts(facts(&context, &story))]),
        Section::new(
            language.t("时间线", "Timeline"),
            vec![Block::Timeline(moments), Block::Note("", hint.to_owned())],
        ),
    ];
    let is_over = matches!(
        story.seen.state,
        UserCouponState::Used
            | UserCouponState::Expired
            | UserCouponState::Deleted
            | UserCouponState::Deactivated
    );
    if context.may_operate() && !is_over {
        let reason = Field::new(
            "reason",
            language.t("失效原因（不超过 150 字）", "Why, at most 150 characters"),
            FieldKind::Text,
        )
        .required();
        let address = format!("{}/deactivate", coupon_address(&coupon.stock_id, &coupon.coupon_code));
        let question = language.t(
            "用户将不能再使用这张券，且不能恢复。确定吗？",
            "The user cannot use it any more, for good. Deactivate?",
        );
        let action =
            Action::new(address, language.t("失效这张券", "Deactivate"), vec![reason]).asking(question);
        page.sections.push(Section::new(language.t("操作", "Actions"), vec![Block::Actions(vec![action])]));
    }
    page.render()
}

fn facts(context: &Context, story: &CouponStory) -> Vec<(&'static str, Cell)> {
    let (language, coupon) = (context.language, &story.seen.record.coupon);
    let mut facts = vec![
        (
            language.t("批次", "Stock"),
            Cell::link(coupon.stock_id.to_string(), stock_address(&coupon.stock_id)),
        ),
        (
            "openid",
            Cell::link(
                coupon.openid.to_string(),
                format!("/console/user-coupons?q={}", encoded(coupon.openid.as_str())),
            ),
        ),
        ("appid", Cell::text(coupon.appid.to_string())),
        (
            language.t("发券单号", "Send number"),
            Cell::link(
                coupon.send_request_no.to_string(),
                format!("/console/requests?q={}", encoded(coupon.send_request_no.as_str())),
            ),
        ),
        (language.t("发券渠道", "Channel"), Cell::text(coupon.send_channel.as_str())),
        (
            language.t("有效期", "Valid"),
            Cell::text(format!("{} – {}", time(coupon.window.begin), time(coupon.window.end))),
        ),
        (language.t("归属", "Owner"), Cell::text(words::party(language, &coupon.owner))),
    ];
    if let Some(attach) = &coupon.attach {
        facts.push((language.t("附加信息", "Attach"), Cell::text(attach.as_str())));
    }
    if let Some(place) = &coupon.bundle {
        let text = format!("{} #{}", place.user_coupon_bundle_id, place.index + 1);
        facts.push((language.t("用户券组", "Chain"), Cell::text(text)));
    }
    facts
}

fn shown(context: &Context, moment: &Moment) -> ShownMoment {
    let language = context.language;
    let at = time(moment.at);
    match &moment.event {
        Event::Fact(fact, number) => {
            let number = number.iter().map(|number| Cell::text(number.as_str()));
            ShownMoment { at, class: "fact", what: fact_words(context, fact), cells: number.collect() }
        }
        Event::Call(seq, head) => ShownMoment {
            at,
            class: if head.status >= 400 { "bad" } else { "" },
            what: format!("{} {}", language.t("调用", "Call"), head.operation),
            cells: vec![
                Cell::text(format!("{} {}", head.status, head.code.clone().unwrap_or_default())),
                Cell::text(head.reason.clone().unwrap_or_default()),
                Cell::link(head.request_id.as_str(), format!("/console/requests/{seq}")),
            ],
        },
        Event::Attempt(id, event_type, attempt) => ShownMoment {
            at,
            class: if attempt.status.is_some_and(|status| (200..300).contains(&status)) {
                "attempt"
            } else {
                "bad"
            },
            what: format!("{} {event_type}", language.t("通知", "Notification")),
            cells: vec![
                Cell::text(attempt.outcome.as_str()),
                Cell::link(id.as_str(), format!("/console/notifications/{}", encoded(id))),
            ],
        },
    }
}

fn fact_words(context: &Context, fact: &Fact) -> String {
    let language = context.language;
    let round = |round: &Option<usize>| match round {
        None => String::new(),
        Some(round) => format!(" · {} {round}", language.t("第几轮：", "round")),
    };
    match fact {
        Fact::PreSent => language.t("预发券", "Pre-sent").to_owned(),
        Fact::Received => language.t("用户领取", "Received by the user").to_owned(),
        Fact::Confirmed => language.t("商户确认", "Confirmed by the merchant").to_owned(),
        Fact::Used(at) => format!("{}{}", language.t("核销", "Used"), round(at)),
        Fact::Returned(at) => format!("{}{}", language.t("退券", "Returned"), round(at)),
        Fact::Deactivated(reason) => format!("{} {reason}", language.t("失效：", "Deactivated:")),
        Fact::Deleted => language.t("用户删除", "Deleted by the user").to_owned(),
        Fact::Expired => language.t("过期", "Expired").to_owned(),
    }
}
