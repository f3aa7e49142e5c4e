//! The six call styles put the same bytes on the wire.

#![expect(clippy::unwrap_used, reason = "a broken fixture should stop the test")]

mod platform;

use platform::server::Server;
use platform::{Answer, PRE_SEND, Received, builder};
use quan_client::{ApiPath, Error, Raw, Reply};
use quan_model::busifavor::PreSendRequest;

const NESTED: ApiPath = ApiPath::from_static("busifavor/product-coupons/pre-send");

fn body() -> PreSendRequest {
    PreSendRequest::new("1000000013001", "wx233544546545989", "34657_20250101_123456")
        .openid("oh-394z-6CGkNoJrsDLTTUKiAnp4")
}

fn token(reply: &Reply<Raw>) -> String {
    reply.value().unwrap()["token"].as_str().unwrap().to_owned()
}

/// The port differs from server to server, and which of the two libraries keeps a connection open is
/// not part of the request.
fn comparable(mut received: Received) -> Received {
    received.headers.retain(|(name, _)| !matches!(name.as_str(), "host" | "connection"));
    received.headers.sort();
    received
}

#[tokio::test]
async fn six_styles_one_request() -> Result<(), Error> {
    let server = Server::start(|_| Answer::signed(200, r#"{"token":"T"}"#));
    let client = builder().base_urls([server.url()]).build()?;
    let blocking = builder().base_urls([server.url()]).build_blocking()?;
    let body = body();
    let mut tokens = Vec::new();

    let typed = client.v3().marketing().busifavor().product_coupons().pre_send().post(&body).await?;
    tokens.push(typed.into_inner().token);
    tokens.push(token(&client.chain(PRE_SEND).post(&body).await?));
    tokens.push(token(&client["v3/marketing/busifavor/product-coupons/pre-send"].post(&body).await?));

    // The blocking client on a thread of the runtime: it neither panics nor needs it.
    let typed = blocking.v3().marketing().busifavor().product_coupons().pre_send().post(&body).send()?;
    tokens.push(typed.into_inner().token);
    tokens.push(token(&blocking.chain(PRE_SEND).post(&body).send()?));
    tokens.push(token(&blocking["v3/marketing/busifavor/product-coupons/pre-send"].post(&body).send()?));

    // And the variations of each.
    tokens.push(token(&client.chain("/v3/marketing").chain(NESTED).post(&body).send().await?));
    tokens.push(token(&client["v3/marketing"][NESTED].post(&body).await?));
    tokens.push(token(&blocking.v3().marketing().chain(NESTED).post(&body).send()?));

    assert_eq!(tokens, ["T"; 9]);
    let received = server.received();
    assert!(received.iter().all(Received::is_signed));
    let first = comparable(received[0].clone());
    for (style, request) in received.into_iter().enumerate() {
        assert_eq!(comparable(request), first, "style {style}");
    }
    assert_eq!(
        String::from_utf8(first.body).unwrap(),
        r#"{"stock_id":"1000000013001","appid":"wx233544546545989","openid":"oh-394z-6CGkNoJrsDLTTUKiAnp4","send_request_no":"34657_20250101_123456"}"#
    );
    Ok(())
}

#[tokio::test]
async fn an_async_call_is_inert_until_it_is_awaited() {
    let server = Server::start(|_| Answer::signed(200, "{}"));
    let client = builder().base_urls([server.url()]).build().unwrap();
    drop(client.chain("v3/certificates").get());
    drop(client.chain("v3/certificates").get().send());
    assert_eq!(server.received(), []);
    let reply = client.chain("v3/certificates").get().await.unwrap();
    assert_eq!((reply.meta().attempts, reply.meta().host.as_str()), (1, server.url().as_str()));
}
