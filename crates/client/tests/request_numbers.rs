//! New request numbers: valid, different, and in the order of time.

mod platform;

use std::sync::Arc;

use platform::certificate_mode::Movable;
use platform::scripted::Scripted;
use platform::{NOW, builder};
use quan_client::RandomNonces;
use quan_client::system::SystemEntropy;

#[test]
fn a_new_number_is_one_and_in_the_order_of_time() {
    let clock = Movable::at(NOW);
    let client = builder()
        .clock(Arc::clone(&clock))
        .nonces(RandomNonces(SystemEntropy))
        .build_blocking_with(Scripted::new([]))
        .unwrap();
    let one = client.new_request_no("shop-").unwrap();
    let other = client.new_request_no("shop-").unwrap();
    clock.forward(1);
    let later = client.new_request_no("shop-").unwrap();
    assert!(one != other && one < later && other < later, "{one} {other} {later}");
    assert_eq!(one.as_str().len(), 30);
    assert!(one.as_str().starts_with("shop-1760000001000"));
    assert!(client.new_request_no("x".repeat(15)).is_ok());
    assert!(client.new_request_no("x".repeat(16)).is_err());
    assert!(client.new_request_no("号").is_err());
}
