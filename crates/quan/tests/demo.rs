//! The whole story as a newcomer runs it.

use std::process::Command;

#[test]
fn the_demo_tells_all_eight_steps_and_ends_well() {
    let told = Command::new(env!("CARGO_BIN_EXE_quan")).arg("demo").output().expect("the binary runs");
    let text = String::from_utf8_lossy(&told.stdout);
    assert!(told.status.success(), "{text}\n{}", String::from_utf8_lossy(&told.stderr));
    for line in [
        "merchant   1900000001",
        "product coupon",
        "fluent, async",
        "client[path], blocking",
        "coupon_code MALL-7Q2X-0001",
        "a second tap: already received, nothing more issued",
        "TOKEN_EXPIRED",
        "PRODUCT_COUPON_SP.SEND verified and opened",
        "272756745",
        "272755715",
        "three rounds used in order: the coupon is USED",
        "exactly one hundred coupons, one hundred refusals",
        "nothing that was answered is lost",
        "The story ran to its end",
    ] {
        assert!(text.contains(line), "the story lacks {line:?}:\n{text}");
    }
}
