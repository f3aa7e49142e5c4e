//! How a merchant coupon looks and where it leads (api-busifavor 4.5). Nothing of it is judged but its form.

use quan_model::busifavor::{CustomEntrance, DisplayPattern};
use quan_model::ids::Appid;

use crate::field;
use crate::refusal::Violation;

const ENTRANCE_WORDS_LEN_MAX: usize = 5;
const GUIDING_WORDS_LEN_MAX: usize = 6;
/// Of `hall_id` and `store_id` (api-busifavor U13).
const PLACE_ID_LEN_MAX: usize = 64;
const DESCRIPTION_LEN_MAX: usize = 1000;
/// Of the ids of a channel; no length is published.
const FINDER_ID_LEN_MAX: usize = 128;

pub(super) fn check_entrance(at: &str, entrance: &CustomEntrance) -> Result<(), Violation> {
    if let Some(info) = &entrance.mini_programs_info {
        let at = format!("{at}/mini_programs_info");
        field::id::<Appid>(format!("{at}/mini_programs_appid"), &info.mini_programs_appid)?;
        field::path_text(format!("{at}/mini_programs_path"), &info.mini_programs_path)?;
        field::required(format!("{at}/entrance_words"), &info.entrance_words, ENTRANCE_WORDS_LEN_MAX)?;
        if let Some(words) = &info.guiding_words {
            field::at_most(format!("{at}/guiding_words"), words, GUIDING_WORDS_LEN_MAX)?;
        }
    }
    if let Some(appid) = &entrance.appid {
        field::id::<Appid>(format!("{at}/appid"), appid)?;
    }
    for (name, id) in [("hall_id", &entrance.hall_id), ("store_id", &entrance.store_id)] {
        if let Some(id) = id {
            field::required(format!("{at}/{name}"), id, PLACE_ID_LEN_MAX)?;
        }
    }
    Ok(())
}

pub(super) fn check_display(at: &str, pattern: &DisplayPattern) -> Result<(), Violation> {
    if let Some(description) = &pattern.description {
        field::at_most(format!("{at}/description"), description, DESCRIPTION_LEN_MAX)?;
    }
    for (name, address) in
        [("merchant_logo_url", &pattern.merchant_logo_url), ("coupon_image_url", &pattern.coupon_image_url)]
    {
        if let Some(address) = address {
            field::url(format!("{at}/{name}"), address)?;
        }
    }
    if let Some(finder) = &pattern.finder_info {
        let at = format!("{at}/finder_info");
        field::required(format!("{at}/finder_id"), &finder.finder_id, FINDER_ID_LEN_MAX)?;
        field::required(format!("{at}/finder_video_id"), &finder.finder_video_id, FINDER_ID_LEN_MAX)?;
        let cover = format!("{at}/finder_video_cover_image_url");
        field::url(cover, &finder.finder_video_cover_image_url)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use quan_model::busifavor::FinderInfo;

    use crate::definition::busifavor::tests::finding;

    #[test]
    fn entrances_have_their_lengths() {
        let at = "/custom_entrance";
        let words = |count: usize| {
            finding(0, |m| {
                let entrance = m.custom_entrance.as_mut().unwrap();
                entrance.mini_programs_info.as_mut().unwrap().entrance_words = "去".repeat(count);
            })
        };
        assert_eq!(words(0), format!("{at}/mini_programs_info/entrance_words TooShort"));
        assert_eq!(words(5), "");
        assert_eq!(words(6), format!("{at}/mini_programs_info/entrance_words TooLong"));
        let hall = |count: usize| {
            finding(0, |m| m.custom_entrance.as_mut().unwrap().hall_id = Some("1".repeat(count)))
        };
        assert_eq!([hall(1), hall(64)], ["", ""]);
        assert_eq!(hall(65), format!("{at}/hall_id TooLong"));
        let appid = finding(0, |m| m.custom_entrance.as_mut().unwrap().appid = Some("w x".into()));
        assert_eq!(appid, format!("{at}/appid Format"));
    }

    #[test]
    fn pictures_have_addresses() {
        let at = "/display_pattern_info";
        let description = |count: usize| {
            finding(0, |m| m.display_pattern_info.as_mut().unwrap().description = Some("长".repeat(count)))
        };
        assert_eq!([description(0), description(1000)], ["", ""]);
        assert_eq!(description(1001), format!("{at}/description TooLong"));
        let picture =
            finding(0, |m| m.display_pattern_info.as_mut().unwrap().coupon_image_url = Some("x".into()));
        assert_eq!(picture, format!("{at}/coupon_image_url Format"));
        let finder = finding(0, |m| {
            m.display_pattern_info.as_mut().unwrap().finder_info = Some(FinderInfo {
                finder_id: "1".into(),
                finder_video_id: String::new(),
                finder_video_cover_image_url: "https://a.example/1".into(),
            });
        });
        assert_eq!(finder, format!("{at}/finder_info/finder_video_id TooShort"));
    }
}
