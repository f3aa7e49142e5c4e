//! What a coupon looks like to its user, read out of the definitions of either face family.

use quan_model::busifavor::{EntranceCodeMode, StockMembers};
use quan_model::claim as wire;
use quan_model::display::ComboPackage;
use quan_model::enums::{BackgroundColor, CodeDisplayMode};
use quan_model::ids::Principal;
use quan_store::backend::Reader;
use quan_store::catalogue::{ProductCouponDefinition, ProductCouponStock, StockDefinition};
use quan_store::error::StoreError;

/// The shop behind a coupon.
pub(super) struct Owner {
    pub(super) name: String,
    pub(super) logo_url: Option<String>,
}

/// The brand or merchant that owns a stock; without a record its number stands for its name.
pub(super) fn owner(store: &dyn Reader, owner: &Principal) -> Result<Owner, StoreError> {
    let unnamed = || Owner { name: owner.identity().to_owned(), logo_url: None };
    Ok(match owner {
        Principal::Brand(brand_id) => store
            .brand(brand_id)?
            .map_or_else(unnamed, |brand| Owner { name: brand.name, logo_url: brand.logo_url }),
        Principal::Merchant(mchid) => store
            .merchant(mchid)?
            .map_or_else(unnamed, |merchant| Owner { name: merchant.name, logo_url: None }),
    })
}

/// The parts of a coupon's face that its definitions say.
pub(super) struct Looks {
    /// What the stock says instead of its owner's name.
    pub(super) shop_name: Option<String>,
    /// What the stock says instead of its owner's logo.
    pub(super) shop_logo_url: Option<String>,
    pub(super) name: String,
    pub(super) image_url: String,
    pub(super) background_url: String,
    pub(super) background_color: BackgroundColor,
    pub(super) original_price: Option<i64>,
    pub(super) usage_description: String,
    pub(super) store_description: Option<String>,
    pub(super) goods_description: Option<String>,
    pub(super) combo_packages: Vec<wire::ComboPackage>,
    pub(super) code_display_mode: CodeDisplayMode,
    pub(super) products: Vec<wire::Product>,
}

impl Looks {
    pub(super) fn of(product: &ProductCouponDefinition, stock: &StockDefinition) -> Self {
        match stock {
            StockDefinition::ProductCoupon(stock) => Self::of_product_coupon(product, stock),
            StockDefinition::Busifavor(members) => Self::of_merchant_coupon(members),
        }
    }

    fn of_product_coupon(product: &ProductCouponDefinition, stock: &ProductCouponStock) -> Self {
        let (display, stock) = (&product.display_info, &stock.members);
        let usage = &stock.usage_rule_display_info;
        let packages = display.combo_package_list.iter().flatten();
        let choices = packages.flat_map(|package| &package.choice_list);
        let products = choices.map(|choice| wire::Product {
            name: choice.name.clone(),
            price: choice.price,
            image_url: choice.image_url.clone(),
            mini_program_path: choice.mini_program_path.clone(),
            mini_program_appid: choice.mini_program_appid.clone(),
        });
        Self {
            shop_name: None,
            shop_logo_url: None,
            name: display.name.clone(),
            image_url: display.image_url.clone(),
            background_url: display.background_url.clone(),
            background_color: stock.coupon_display_info.background_color.unwrap_or(BackgroundColor::Color020),
            original_price: display.original_price,
            usage_description: usage.usage_description.clone(),
            store_description: usage
                .coupon_available_store_info
                .as_ref()
                .map(|info| info.description.clone()),
            goods_description: None,
            combo_packages: display.combo_package_list.iter().flatten().map(package).collect(),
            code_display_mode: stock.coupon_display_info.code_display_mode,
            products: products.collect(),
        }
    }

    fn of_merchant_coupon(members: &StockMembers) -> Self {
        let pattern = members.display_pattern_info.clone().unwrap_or_default();
        let image_url = pattern.coupon_image_url.unwrap_or_default();
        let mode = members.custom_entrance.as_ref().and_then(|entrance| entrance.code_display_mode);
        Self {
            shop_name: pattern.merchant_name,
            shop_logo_url: pattern.merchant_logo_url,
            name: members.stock_name.clone(),
            image_url: image_url.clone(),
            background_url: image_url,
            background_color: pattern.background_color.unwrap_or(BackgroundColor::Color020),
            original_price: None,
            usage_description: pattern.description.unwrap_or_default(),
            store_description: None,
            goods_description: Some(members.goods_name.clone()),
            combo_packages: Vec::new(),
            code_display_mode: mode.map_or(CodeDisplayMode::Invisible, |mode| match mode {
                EntranceCodeMode::NotShow => CodeDisplayMode::Invisible,
                EntranceCodeMode::Barcode => CodeDisplayMode::Barcode,
                EntranceCodeMode::Qrcode => CodeDisplayMode::Qrcode,
            }),
            products: Vec::new(),
        }
    }
}

fn package(package: &ComboPackage) -> wire::ComboPackage {
    let choices = package.choice_list.iter();
    let choices = choices.map(|choice| wire::ComboChoice { name: choice.name.clone(), count: choice.count });
    wire::ComboPackage {
        name: package.name.clone(),
        pick_count: package.pick_count,
        choices: choices.collect(),
    }
}
