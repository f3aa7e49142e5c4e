//! Each command of the model as a use case of the platform.

use quan_model::coupon::{Stock, StockBundle, UserCoupon};
use quan_model::enums::UpdateBudgetMode;
use quan_model::ids::{CouponCode, ProductCouponId, RequestNo, SendRequestNo, StockBundleId, StockId};
use quan_model::product_coupon::UpdateStockBudgetRequest;
use quan_model::time::Time;
use quan_platform::access::StockAddress;
use quan_platform::create_product_coupon::{CreateProductCoupon, create_product_coupon};
use quan_platform::create_stock::{CreateStock, create_stock};
use quan_platform::deactivate_product_coupon::{DeactivateProductCoupon, deactivate_product_coupon};
use quan_platform::deactivate_stock::{DeactivateStock, deactivate_stock};
use quan_platform::pause_stock::{pause_stock, resume_stock};
use quan_platform::pre_send::{PreSend, Target, Ticket};
use quan_platform::send_user_coupon::{SendUserCoupon, send_user_coupon};
use quan_platform::send_user_coupon_bundle::{SendUserCouponBundle, send_user_coupon_bundle};
use quan_platform::stock_bundle_access::StockBundleAddress;
use quan_platform::update_stock_budget::{UpdateStockBudget, update_stock_budget};
use quan_platform::update_stock_bundle_budget::{UpdateStockBundleBudget, update_stock_bundle_budget};
use quan_platform::upload_coupon_codes::{UploadCouponCodes, upload_coupon_codes};
use quan_platform::work::Work;
use quan_platform::{Error, authorisation};
use quan_reference_model::answer::Refused;
use quan_reference_model::command::{Caller, Command, Dimension, Mode, Order, StockKey};
use quan_reference_model::world::Outcome;
use quan_reference_model::{Answer, answer};
use quan_store::parties::Grant;

use crate::subject::{LotIds, Names, Subject, kind_of, lot_of, unnamed};
use crate::views::{self, Broken};
use crate::{definition, naming, on_coupons, parties};

/// What came of a command.
#[derive(Clone, Debug)]
pub(crate) struct Performed {
    /// In the words of the model, coupons in any order and without names.
    pub(crate) outcome: Outcome,
    /// The codes of the coupons that were answered.
    pub(crate) codes: Vec<String>,
    /// Ids of what was made.
    pub(crate) told: Option<Told>,
    /// The kind of the platform's refusal.
    pub(crate) refusal: Option<String>,
}

/// Ids that an answer told.
#[derive(Clone, Debug)]
pub(crate) enum Told {
    Product { product: u32, id: ProductCouponId, mode: Mode, lot: u32, ids: LotIds },
    Lot { lot: u32, ids: LotIds },
}

impl Performed {
    pub(crate) fn of(answer: Answer) -> Self {
        Self { outcome: Ok(answer), codes: Vec::new(), told: None, refusal: None }
    }

    pub(crate) fn refused(error: Error) -> Result<Self, Broken> {
        let refusal = kind_of(&error);
        Ok(Self { outcome: Err(views::refused(error)?), codes: Vec::new(), told: None, refusal })
    }

    fn of_stocks(stocks: Vec<Stock>) -> Result<Self, Broken> {
        let stocks = stocks.into_iter().map(views::stock).collect::<Result<_, _>>()?;
        Ok(Self::of(Answer::Stocks(stocks)))
    }

    /// Coupons are named later: the platform's answer has codes, the model's names.
    pub(crate) fn of_coupons(coupons: Vec<UserCoupon>) -> Result<Self, Broken> {
        let mut shown = Vec::new();
        let mut codes = Vec::new();
        for coupon in coupons {
            let (view, code) = views::coupon(coupon)?;
            let index = view.chain.map_or(0, |chain| u32::try_from(chain.0).unwrap_or(u32::MAX));
            let (sender, number) = (Caller::Provider, view.number.clone());
            let key = quan_reference_model::command::CouponKey { sender, number, index, nth: 0 };
            shown.push((key, view));
            codes.push(code);
        }
        Ok(Self { codes, ..Self::of(Answer::Coupons(shown)) })
    }
}

pub(crate) fn number(text: &str) -> Result<RequestNo, Broken> {
    RequestNo::parse(text).map_err(|error| views::broken(&error))
}

fn parse<T>(parsed: Result<T, quan_model::ids::IdError>) -> Result<T, Broken> {
    parsed.map_err(|error| views::broken(&error))
}

pub(crate) async fn perform(subject: &Subject, command: &Command) -> Result<Performed, Broken> {
    match command {
        Command::Wait(seconds) => {
            subject.clock.wait(*seconds);
            Ok(Performed::of(Answer::Done))
        }
        Command::Authorise { caller, granted } => authorise(subject, *caller, *granted).await,
        Command::CreateProductCoupon { .. } | Command::CreateStock { .. } => create(subject, command).await,
        Command::PreSend(order) => pre_sent(subject, order).await,
        Command::Claim { sender, number, expires_at } => claim(subject, *sender, number, *expires_at).await,
        Command::Send(order) => sent(subject, order).await,
        Command::Confirm(_)
        | Command::Use { .. }
        | Command::Return { .. }
        | Command::Deactivate { .. }
        | Command::DeactivateChain { .. }
        | Command::Delete(_) => on_coupons::perform(subject, command).await,
        Command::Pause(_)
        | Command::Resume(_)
        | Command::DeactivateStock { .. }
        | Command::DeactivateProductCoupon { .. }
        | Command::UpdateBudget { .. }
        | Command::UploadCodes { .. } => on_stock(subject, command).await,
    }
}

async fn authorise(subject: &Subject, caller: Caller, granted: bool) -> Result<Performed, Broken> {
    let Some(mchid) = parties::mchid(caller) else { return Ok(Performed::of(Answer::Done)) };
    let grant = if granted { Grant::Given } else { Grant::Withdrawn };
    let set = move |work: &mut Work<'_>| authorisation::set(work, &parties::brand_id(), &mchid, grant);
    match subject.platform.write::<_, Error>(set).await {
        Ok(()) => Ok(Performed::of(Answer::Done)),
        Err(error) => Performed::refused(error),
    }
}

/// A lot by the ids that an answer tells.
fn lot_ids(product: u32, stocks: &[Stock], bundle: Option<&StockBundle>) -> Result<LotIds, Broken> {
    let ids = stocks.iter().map(|stock| parse(StockId::parse(stock.stock_id.clone())));
    let bundle = bundle.map(|bundle| parse(StockBundleId::parse(bundle.stock_bundle_id.clone())));
    Ok(LotIds { product, stocks: ids.collect::<Result<_, _>>()?, bundle: bundle.transpose()? })
}

async fn create(subject: &Subject, command: &Command) -> Result<Performed, Broken> {
    match command {
        Command::CreateProductCoupon { caller, number: no, product, lot, mode, terms } => {
            let request =
                definition::product_coupon(no, terms, *mode).map_err(|error| views::broken(&error))?;
            let input =
                CreateProductCoupon { scope: parties::scope(*caller), out_request_no: number(no)?, request };
            let run = move |work: &mut Work<'_>| create_product_coupon(work, &input);
            match subject.platform.write::<_, Error>(run).await {
                Ok(made) => {
                    let stocks = match (&made.stock, &made.stock_bundle) {
                        (Some(stock), _) => vec![stock.clone()],
                        (None, Some(bundle)) => bundle.stock_list.clone(),
                        (None, None) => Vec::new(),
                    };
                    let told = Told::Product {
                        product: *product,
                        id: parse(ProductCouponId::parse(made.product_coupon.product_coupon_id.clone()))?,
                        mode: *mode,
                        lot: *lot,
                        ids: lot_ids(*product, &stocks, made.stock_bundle.as_ref())?,
                    };
                    Ok(Performed { told: Some(told), ..Performed::of_stocks(stocks)? })
                }
                Err(error) => Performed::refused(error),
            }
        }
        Command::CreateStock { caller, number: no, product, lot, terms } => {
            let Some((id, mode)) = subject.names().products.get(product).cloned() else {
                return Ok(unnamed());
            };
            let input = CreateStock {
                scope: parties::scope(*caller),
                product_coupon_id: id,
                out_request_no: number(no)?,
                // Of a bundle's product coupon a stock of single use is asked for, which is refused.
                stock: definition::stock(terms, alone(mode)).map_err(|error| views::broken(&error))?,
            };
            let run = move |work: &mut Work<'_>| create_stock(work, &input);
            match subject.platform.write::<_, Error>(run).await {
                Ok(stock) => {
                    let ids = lot_ids(*product, std::slice::from_ref(&stock), None)?;
                    let told = Some(Told::Lot { lot: *lot, ids });
                    Ok(Performed { told, ..Performed::of_stocks(vec![stock])? })
                }
                Err(error) => Performed::refused(error),
            }
        }
        _ => Ok(unnamed()),
    }
}

fn alone(mode: Mode) -> Mode {
    match mode {
        Mode::Bundle { .. } => Mode::Single,
        Mode::Single | Mode::Sequential { .. } => mode,
    }
}

pub(crate) fn stock_address(
    names: &Names,
    caller: Caller,
    stock: StockKey,
) -> Option<(StockAddress, LotIds)> {
    let lot = names.lots.get(&stock.lot)?.clone();
    let product_coupon_id = names.products.get(&lot.product)?.0.clone();
    let stock_id = lot.stocks.get(usize::try_from(stock.member).ok()?)?.clone();
    Some((StockAddress { scope: parties::scope(caller), product_coupon_id, stock_id }, lot))
}

pub(crate) fn bundle_address(names: &Names, caller: Caller, lot: u32) -> Option<StockBundleAddress> {
    let lot = names.lots.get(&lot)?;
    let product_coupon_id = names.products.get(&lot.product)?.0.clone();
    let scope = parties::scope(caller);
    Some(StockBundleAddress { scope, product_coupon_id, stock_bundle_id: lot.bundle.clone()? })
}

fn attach(order: &Order) -> Option<String> {
    order.attach.map(|attach| format!("attach-{attach}"))
}

fn code(order: &Order) -> Result<Option<CouponCode>, Broken> {
    order.code.clone().map(|code| parse(CouponCode::parse(code))).transpose()
}

fn target(names: &Names, order: &Order) -> Option<Target> {
    let (lot, product_coupon_id) = lot_of(names, order)?;
    let scope = parties::scope(order.caller);
    Some(match (lot.bundle, order.alone) {
        (Some(stock_bundle_id), None) => {
            Target::Bundle(StockBundleAddress { scope, product_coupon_id, stock_bundle_id })
        }
        (_, member) => {
            let stock_id = lot.stocks.get(usize::try_from(member.unwrap_or(0)).ok()?)?.clone();
            Target::Stock(StockAddress { scope, product_coupon_id, stock_id })
        }
    })
}

async fn pre_sent(subject: &Subject, order: &Order) -> Result<Performed, Broken> {
    let Some(target) = target(&subject.names(), order) else { return Ok(unnamed()) };
    let input = PreSend {
        principal: parties::principal(order.caller),
        target,
        appid: parties::appid(),
        openid: Some(parties::openid(order.user)),
        send_request_no: number(&order.number)?,
        coupon_code: code(order)?,
        attach: attach(order),
    };
    match subject.platform.pre_send(input).await {
        Ok(ticket) => Ok(Performed::of(Answer::Ticket(ticket.expires_at.unix_seconds()))),
        Err(error) => Performed::refused(error),
    }
}

async fn claim(
    subject: &Subject,
    sender: Caller,
    number: &str,
    expires_at: i64,
) -> Result<Performed, Broken> {
    let found = subject.backend.snapshot(|store| naming::intent(store, sender, number));
    let found = found.map_err(|error| views::broken(&error))??;
    // A send is noted too, but no token was given for it.
    let Some(record) = found.filter(|record| record.created_at < record.token_expires_at) else {
        return Ok(unnamed());
    };
    let ticket = Ticket { id: record.id, expires_at: Time::from_unix_seconds(expires_at) };
    let run = move |work: &mut Work<'_>| quan_platform::claim::receive::receive(work, ticket);
    match subject.platform.write(run).await {
        Ok(received) => {
            let (begin, end) = (received.coupon.valid_begin_time, received.coupon.valid_end_time);
            let window = begin.zip(end).map(|(begin, end)| (begin.unix_seconds(), end.unix_seconds()));
            let state = received.coupon.coupon_state;
            Ok(Performed::of(Answer::Claimed {
                first_time: received.first_time,
                state: state.ok_or("a claimed coupon without a state")?,
                window: window.ok_or("a claimed coupon without a validity")?,
            }))
        }
        Err(error) => {
            let refused: Refused = views::not_claimed(error)?;
            let refusal = Some(format!("{refused:?}"));
            Ok(Performed { outcome: Err(refused), refusal, codes: Vec::new(), told: None })
        }
    }
}

async fn sent(subject: &Subject, order: &Order) -> Result<Performed, Broken> {
    let Some(target) = target(&subject.names(), order) else { return Ok(unnamed()) };
    let send_request_no = parse(SendRequestNo::parse(order.number.clone()))?;
    let (appid, openid) = (parties::appid(), parties::openid(order.user));
    let attach = attach(order);
    let sent = match target {
        Target::Bundle(bundle) => {
            let input = SendUserCouponBundle { bundle, appid, openid, send_request_no, attach, tags: None };
            let run = move |work: &mut Work<'_>| send_user_coupon_bundle(work, &input);
            let sent = subject.platform.write::<_, Error>(run).await;
            sent.map(|chain| chain.user_product_coupon_list)
        }
        Target::Stock(stock) => {
            let coupon_code = code(order)?;
            let input =
                SendUserCoupon { stock, appid, openid, send_request_no, coupon_code, attach, tags: None };
            let run = move |work: &mut Work<'_>| send_user_coupon(work, &input);
            subject.platform.write::<_, Error>(run).await.map(|coupon| vec![coupon])
        }
        Target::StockAlone(_) => return Ok(unnamed()),
    };
    match sent {
        Ok(coupons) => Performed::of_coupons(coupons),
        Err(error) => Performed::refused(error),
    }
}

async fn on_stock(subject: &Subject, command: &Command) -> Result<Performed, Broken> {
    let platform = &subject.platform;
    match command {
        Command::Pause(stock) | Command::Resume(stock) => {
            let Some((address, _)) = stock_address(&subject.names(), Caller::Brand, *stock) else {
                return Ok(unnamed());
            };
            let is_pause = matches!(command, Command::Pause(_));
            let run = move |work: &mut Work<'_>| match is_pause {
                true => pause_stock(work, &address.stock_id),
                false => resume_stock(work, &address.stock_id),
            };
            match platform.write::<_, Error>(run).await {
                Ok(state) => Ok(Performed::of(Answer::StockState(state))),
                Err(error) => Performed::refused(error),
            }
        }
        Command::DeactivateStock { caller, number: no, stock, reason } => {
            let Some((address, _)) = stock_address(&subject.names(), *caller, *stock) else {
                return Ok(unnamed());
            };
            let (out_request_no, deactivate_reason) = (number(no)?, format!("reason {reason}"));
            let input = DeactivateStock { address, out_request_no, deactivate_reason };
            let run = move |work: &mut Work<'_>| deactivate_stock(work, &input);
            match platform.write::<_, Error>(run).await {
                Ok(stock) => Performed::of_stocks(vec![stock]),
                Err(error) => Performed::refused(error),
            }
        }
        Command::DeactivateProductCoupon { caller, number: no, product, reason } => {
            let Some((product_coupon_id, _)) = subject.names().products.get(product).cloned() else {
                return Ok(unnamed());
            };
            let input = DeactivateProductCoupon {
                scope: parties::scope(*caller),
                product_coupon_id,
                out_request_no: number(no)?,
                deactivate_reason: format!("reason {reason}"),
            };
            let run = move |work: &mut Work<'_>| deactivate_product_coupon(work, &input);
            match platform.write::<_, Error>(run).await {
                Ok(product) => {
                    let is_effective = product.state == quan_model::enums::ProductCouponState::Effective;
                    Ok(Performed::of(Answer::ProductCoupon { is_effective }))
                }
                Err(error) => Performed::refused(error),
            }
        }
        Command::UpdateBudget { .. } => update_budget(subject, command).await,
        Command::UploadCodes { caller, number: no, stock, codes } => {
            let Some((address, _)) = stock_address(&subject.names(), *caller, *stock) else {
                return Ok(unnamed());
            };
            let input = UploadCouponCodes { address, out_request_no: number(no)?, code_list: codes.clone() };
            let run = move |work: &mut Work<'_>| upload_coupon_codes(work, &input);
            match platform.write::<_, Error>(run).await {
                Ok(answer) => Ok(Performed::of(Answer::Upload(views::upload(answer)))),
                Err(error) => Performed::refused(error),
            }
        }
        _ => Ok(unnamed()),
    }
}

/// The request of an `UpdateBudget`; nothing of another command.
pub(crate) fn budget_request(command: &Command) -> Option<UpdateStockBudgetRequest> {
    let Command::UpdateBudget { number, dimension, current, target, .. } = command else { return None };
    let values = [*current, *target].map(|count| i64::try_from(count).ok());
    let none = [None, None];
    let (update_mode, total, day) = match dimension {
        Dimension::Total => (UpdateBudgetMode::MaxCount, values, none),
        Dimension::Day => (UpdateBudgetMode::MaxCountPerDay, none, values),
    };
    Some(UpdateStockBudgetRequest {
        out_request_no: number.clone(),
        update_mode,
        current_max_count: total[0],
        target_max_count: total[1],
        current_max_count_per_day: day[0],
        target_max_count_per_day: day[1],
        brand_id: None,
    })
}

async fn update_budget(subject: &Subject, command: &Command) -> Result<Performed, Broken> {
    let Command::UpdateBudget { caller, number: no, lot, alone, .. } = command else {
        return Ok(unnamed());
    };
    let Some(change) = budget_request(command) else { return Ok(unnamed()) };
    let out_request_no = number(no)?;
    let stock = StockKey { lot: *lot, member: alone.unwrap_or(0) };
    let (bundle, stock) = {
        let names = subject.names();
        (bundle_address(&names, *caller, *lot), stock_address(&names, *caller, stock))
    };
    let changed = match (bundle, stock) {
        (Some(address), _) if alone.is_none() => {
            let input = UpdateStockBundleBudget { address, out_request_no, change };
            let run = move |work: &mut Work<'_>| update_stock_bundle_budget(work, &input);
            subject.platform.write::<_, Error>(run).await.map(|bundle| bundle.stock_list)
        }
        (_, Some((address, _))) => {
            let input = UpdateStockBudget { address, out_request_no, change };
            let run = move |work: &mut Work<'_>| update_stock_budget(work, &input);
            subject.platform.write::<_, Error>(run).await.map(|stock| vec![stock])
        }
        (_, None) => return Ok(unnamed()),
    };
    match changed {
        Ok(stocks) => Performed::of_stocks(stocks),
        Err(error) => Performed::refused(error),
    }
}

/// The model's coupons without names, to be compared with the platform's: sorted, since coupons of one index that
/// were received in one second have no order.
pub(crate) fn comparable(outcome: &Outcome) -> Outcome {
    match outcome {
        Ok(Answer::Coupons(coupons)) => {
            let mut coupons: Vec<(_, answer::CouponView)> = coupons.clone();
            for (key, _) in &mut coupons {
                (key.sender, key.nth) = (Caller::Provider, 0);
            }
            coupons.sort_by_key(|coupon| format!("{coupon:?}"));
            Ok(Answer::Coupons(coupons))
        }
        other => other.clone(),
    }
}
