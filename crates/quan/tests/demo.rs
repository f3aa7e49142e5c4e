//! The whole story as a newcomer runs it.

use std::process::Command;

#[test]
fn the_demo_tells_all_eight_steps_and_ends_well() {
    let told = Command::new(env!("CARGO_BIN_EXE_quan")).arg("demo").output().expect("the binary runs");
    let text = String::from_utf8_lossy(&told.stdout);
    assert!(told.status.success(), "{text}\n{}", String::from_utf8_lossy(&told.stderr));
    for line in [
        "merchant   1900000001",
        "SEQUENTIAL: 3 rounds of 10, 20, 30 % off, a day apart",
        "(segments, async)",
        "(client[path], blocking)",
        "(coupon_code on an API_ASSIGN stock)",
        "first_time false: already received",
        "TOKEN_EXPIRED",
        "forger to receiver, one byte added: turned away",
        "272756745",
        "272755715",
        "after three rounds the coupon is USED",
        "exactly 100 coupons and 100 refusals",
        "every answered pre-send",
        "the notification of every claimed coupon",
        "What was proved",
    ] {
        assert!(text.contains(line), "the story lacks {line:?}:\n{text}");
    }
}
