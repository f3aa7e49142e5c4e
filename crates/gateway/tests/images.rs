//! Pictures: uploads in every form that real SDKs send, what is no picture, the shapes of a product coupon's
//! pictures, and image generation tasks.

#![expect(clippy::unwrap_used, reason = "a broken test should stop there")]

use quan_testkit::{Actor, Answer, BRAND_ID, Grant, PARTNER, PUBLIC_URL, TestPlatform, definition};
use serde_json::{Value, json};

const UPLOAD: &str = "/v3/marketing/partner/product-coupon/media/upload-image";
const TASKS: &str = "/v3/marketing/partner/product-coupon/image-generation-tasks";
const FORMAT: u64 = 268_435_461;
const BOUNDARY: &str = "boundary7d33a816d302b6";

/// A grey PNG of this size.
fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let picture =
        image::DynamicImage::ImageLuma8(image::GrayImage::from_pixel(width, height, image::Luma([90])));
    picture.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

fn sha256(file: &[u8]) -> String {
    use sha2::Digest;
    sha2::Sha256::digest(file).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn meta(filename: &str, file: &[u8]) -> String {
    json!({ "filename": filename, "sha256": sha256(file) }).to_string()
}

/// One part with the header lines given.
fn part(headers: &str, content: &[u8]) -> Vec<u8> {
    [format!("--{BOUNDARY}\r\n{headers}\r\n\r\n").as_bytes(), content, b"\r\n"].concat()
}

fn body(parts: &[Vec<u8>]) -> Vec<u8> {
    [parts.concat(), format!("--{BOUNDARY}--\r\n").into_bytes()].concat()
}

fn usual(meta: &str, file: &[u8]) -> Vec<u8> {
    body(&[
        part(
            "Content-Disposition: form-data; name=\"meta\"\r\nContent-Type: application/json",
            meta.as_bytes(),
        ),
        part(
            "Content-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\nContent-Type: image/png",
            file,
        ),
    ])
}

fn with_boundary() -> String {
    format!("multipart/form-data; boundary={BOUNDARY}")
}

async fn upload(actor: &Actor, target: &str, meta: &str, file: &[u8]) -> Answer {
    let call = actor.call("POST", target).body(usual(meta, file)).signing(meta.to_owned());
    call.content_type(&with_boundary()).send().await
}

async fn uploaded(platform: &TestPlatform, width: u32, height: u32) -> String {
    let file = png(width, height);
    let answer = upload(&platform.merchant(), UPLOAD, &meta("a.png", &file), &file).await.ok();
    answer["image_url"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn every_form_that_real_sdks_send_is_taken() {
    let platform = TestPlatform::start().await;
    let file = png(4, 4);
    let meta = meta("a.png", &file);
    let disposition = |rest: &str| format!("Content-Disposition: form-data; {rest}");
    let bare = "multipart/form-data".to_owned();
    let forms: [(&str, String, Vec<Vec<u8>>); 7] = [
        (
            "type before disposition, length in the file part",
            with_boundary(),
            vec![
                part(
                    &format!("Content-Type: application/json\r\n{}", disposition("name=\"meta\"")),
                    meta.as_bytes(),
                ),
                part(
                    &format!(
                        "Content-Type: image/png\r\n{}\r\nContent-Length: {}",
                        disposition("name=\"file\"; filename=\"a.png\""),
                        file.len()
                    ),
                    &file,
                ),
            ],
        ),
        (
            "a trailing semicolon",
            with_boundary(),
            vec![
                part(
                    &format!("{}\r\nContent-Type: application/json", disposition("name=\"meta\";")),
                    meta.as_bytes(),
                ),
                part(
                    &format!(
                        "{}\r\nContent-Type: image/png",
                        disposition("name=\"file\"; filename=\"a.png\";")
                    ),
                    &file,
                ),
            ],
        ),
        (
            "meta without a type",
            with_boundary(),
            vec![
                part(
                    &format!("{}\r\nContent-Length: {}", disposition("name=\"meta\""), meta.len()),
                    meta.as_bytes(),
                ),
                part(
                    &format!(
                        "{}\r\nContent-Type: image/png",
                        disposition("name=\"file\"; filename=\"a.png\"")
                    ),
                    &file,
                ),
            ],
        ),
        (
            "no boundary in the Content-Type, transfer encodings",
            bare.clone(),
            vec![
                part(
                    &format!("{}\r\nContent-Transfer-Encoding: 8bit", disposition("name=\"meta\"")),
                    meta.as_bytes(),
                ),
                part(
                    &format!(
                        "{}\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: binary",
                        disposition("name=\"file\"; filename=\"a.png\"")
                    ),
                    &file,
                ),
            ],
        ),
        (
            "octet streams without a file name",
            with_boundary(),
            vec![
                part(
                    &format!("{}\r\nContent-Type: application/octet-stream", disposition("name=\"meta\"")),
                    meta.as_bytes(),
                ),
                part(
                    &format!("{}\r\nContent-Type: application/octet-stream", disposition("name=\"file\"")),
                    &file,
                ),
            ],
        ),
        (
            "no boundary and no types",
            bare,
            vec![
                part(&disposition("name=\"meta\""), meta.as_bytes()),
                part(&disposition("name=\"file\"; filename=\"a.png\""), &file),
            ],
        ),
        (
            "the file first, under another name",
            with_boundary(),
            vec![
                part(&disposition("name=\"file\"; filename=\"placeholder\""), &file),
                part(&disposition("name=\"meta\""), meta.as_bytes()),
            ],
        ),
    ];
    let mut urls = Vec::new();
    for (name, content_type, parts) in forms {
        let merchant = platform.merchant();
        let call = merchant.call("POST", UPLOAD).body(body(&parts)).signing(meta.clone());
        let answer = call.content_type(&content_type).send().await;
        assert_eq!(answer.status, 200, "{name}");
        urls.push(answer.ok()["image_url"].as_str().unwrap().to_owned());
    }
    assert!(urls.iter().all(|url| *url == urls[0]), "the same file has the same URL");
}

#[tokio::test]
async fn the_vector_is_taken_and_served_back_byte_for_byte() {
    let platform = TestPlatform::start().await;
    let vectors = concat!(env!("CARGO_MANIFEST_DIR"), "/../apiv3/tests/vectors");
    let read = |name: &str| std::fs::read(format!("{vectors}/bodies/{name}")).unwrap();
    let (wire, meta, file) =
        (read("req10_multipart_wire.bin"), read("req10_multipart_meta.body"), read("pixel.png"));
    let merchant = platform.merchant();
    let call = merchant.call("POST", UPLOAD).body(wire).signing(meta);
    let content_type = "multipart/form-data; boundary=wxpayTestBoundary7d33a816d302b6";
    let url = call.content_type(content_type).send().await.ok()["image_url"].as_str().unwrap().to_owned();
    let path = url.strip_prefix(PUBLIC_URL).unwrap();
    let served = platform.get_unsigned(path).await;
    assert_eq!((served.status, served.header("content-type")), (200, Some("image/png")));
    assert_eq!(served.body, file);
    let unknown = platform.get_unsigned("/_quan/images/00000000000000000000000000000000").await;
    assert_eq!(unknown.status, 404);
}

#[tokio::test]
async fn the_signature_is_over_meta_and_nothing_else() {
    let platform = TestPlatform::start().await;
    let file = png(4, 4);
    let meta = meta("a.png", &file);
    let merchant = platform.merchant();
    let whole = merchant.call("POST", UPLOAD).body(usual(&meta, &file)).content_type(&with_boundary());
    whole.send().await.refused_unsigned(401, "SIGN_ERROR", 269_546_525);
    let changed = meta.replace("a.png", "b.png");
    let other = merchant.call("POST", UPLOAD).body(usual(&changed, &file)).signing(meta);
    other.content_type(&with_boundary()).send().await.refused_unsigned(401, "SIGN_ERROR", 269_546_525);
}

#[tokio::test]
async fn what_is_no_upload_is_refused_with_the_reason() {
    let platform = TestPlatform::start().await;
    let merchant = platform.merchant();
    let file = png(4, 4);
    let good = meta("a.png", &file);
    merchant.post(UPLOAD, &json!({ "filename": "a.png" })).await.refused(400, "PARAM_ERROR", FORMAT);
    let only_meta = body(&[part("Content-Disposition: form-data; name=\"meta\"", good.as_bytes())]);
    let twice = [
        part("Content-Disposition: form-data; name=\"meta\"", good.as_bytes()).as_slice(),
        &usual(&good, &file),
    ]
    .concat();
    let broken_off = usual(&good, &file)[..80].to_vec();
    for bytes in [Vec::new(), b"hello".to_vec(), only_meta, twice, broken_off] {
        let call = merchant.call("POST", UPLOAD).body(bytes).signing(good.clone());
        call.content_type(&with_boundary()).send().await.refused_unsigned(400, "PARAM_ERROR", FORMAT);
    }
    let too_large = vec![0; 2 * 1024 * 1024 + 1];
    let gif = b"GIF89a\x01\x00\x01\x00".to_vec();
    let long_name = format!("{}.png", "长".repeat(147));
    let longest_name = format!("{}.png", "长".repeat(146));
    for (meta, file, field, code, number) in [
        (meta("a.gif", &file), &file, "/filename", "PARAM_ERROR", FORMAT),
        (meta("png", &file), &file, "/filename", "PARAM_ERROR", FORMAT),
        (meta("", &file), &file, "/filename", "PARAM_ERROR", 268_435_463),
        (meta(&long_name, &file), &file, "/filename", "PARAM_ERROR", 268_435_462),
        (json!({ "filename": "a.png", "sha256": "00" }).to_string(), &file, "/sha256", "PARAM_ERROR", FORMAT),
        (
            json!({ "filename": "a.png", "sha256": sha256(&file).to_uppercase() }).to_string(),
            &file,
            "/sha256",
            "PARAM_ERROR",
            FORMAT,
        ),
        (json!({ "filename": "a.png" }).to_string(), &file, "/sha256", "PARAM_ERROR", 268_578_101),
        (meta("a.png", &gif), &gif, "/file", "PARAM_ERROR", FORMAT),
        (meta("a.png", b""), &Vec::new(), "/file", "PARAM_ERROR", FORMAT),
        (meta("a.png", &too_large), &too_large, "/file", "PARAM_ERROR", 270_087_680),
    ] {
        let answer = upload(&merchant, UPLOAD, &meta, file).await;
        let refused = answer.refused_field(code, number, field);
        assert_eq!(refused["detail"]["location"], "body");
    }
    for name in [&longest_name, "a.JPEG", "a.Bmp"] {
        upload(&merchant, UPLOAD, &meta(name, &file), &file).await.ok();
    }
    let mut largest = file.clone();
    largest.resize(2 * 1024 * 1024, 0);
    upload(&merchant, UPLOAD, &meta("a.png", &largest), &largest).await.ok();
}

#[tokio::test]
async fn a_brand_uploads_over_its_own_face() {
    let platform = TestPlatform::start().await;
    let file = png(4, 4);
    let target = "/brand/marketing/product-coupon/media/upload-image";
    let brand = platform.brand_side().actor;
    let answer = upload(&brand, target, &meta("a.png", &file), &file).await.ok();
    assert!(answer["image_url"].as_str().unwrap().starts_with(PUBLIC_URL));
    let refused = upload(&brand, target, &meta("a.gif", &file), &file).await;
    refused.refused_field("PARAM_ERROR", FORMAT, "/filename");
}

#[tokio::test]
async fn an_upload_repeated_is_answered_alike() {
    let platform = TestPlatform::start().await;
    let file = png(4, 4);
    let meta = meta("a.png", &file);
    let of_brand = "/brand/marketing/product-coupon/media/upload-image";
    for (actor, target) in [(platform.merchant(), UPLOAD), (platform.brand_side().actor, of_brand)] {
        let first = upload(&actor, target, &meta, &file).await.ok();
        assert_eq!(upload(&actor, target, &meta, &file).await.ok(), first);
    }
}

async fn create_with(platform: &TestPlatform, number: &str, image_url: &str, background_url: &str) -> Answer {
    let mut request = definition::single(platform.now(), number);
    request["display_info"]["image_url"] = json!(image_url);
    request["display_info"]["background_url"] = json!(background_url);
    platform.merchant().post(&format!("{PARTNER}/product-coupons"), &request).await
}

#[tokio::test]
async fn uploaded_pictures_of_a_product_coupon_have_their_shape() {
    let platform = TestPlatform::start().await;
    let square = uploaded(&platform, 108, 108).await;
    let tall = uploaded(&platform, 117, 139).await;
    let wide = uploaded(&platform, 120, 108).await;
    create_with(&platform, "SHAPES_1", &square, &tall).await.ok();
    let refused = create_with(&platform, "SHAPES_2", &wide, &tall).await;
    let refused = refused.refused_field("PARAM_ERROR", FORMAT, "/display_info/image_url");
    assert!(refused["message"].as_str().unwrap().contains("120×108"), "{refused}");
    let refused = create_with(&platform, "SHAPES_3", &square, &square).await;
    refused.refused_field("PARAM_ERROR", FORMAT, "/display_info/background_url");
    let unknown = format!("{PUBLIC_URL}/_quan/images/0123456789abcdef0123456789abcdef");
    let refused = create_with(&platform, "SHAPES_4", &unknown, &tall).await;
    refused.refused_field("PARAM_ERROR", FORMAT, "/display_info/image_url");
}

fn combine(task_id: &str) -> Value {
    json!({
        "brand_id": BRAND_ID, "task_id": task_id, "image_generation_type": "COMBINE_IMAGE",
        "combine_image": {
            "scope": "ALL", "type": "NORMAL", "usage_mode": "SINGLE",
            "normal_coupon": { "threshold": 8000, "discount_amount": 1500 }, "background_color": "#e8453c",
        },
    })
}

fn cutting(task_id: &str, image_url: &str) -> Value {
    json!({
        "brand_id": BRAND_ID, "task_id": task_id, "image_generation_type": "CUT_OUT",
        "cut_out": { "image_url": image_url },
    })
}

fn task(task_id: &str, kind: &str) -> String {
    format!("{TASKS}/{task_id}?brand_id={BRAND_ID}&image_generation_type={kind}")
}

#[tokio::test]
async fn a_task_is_processing_and_then_shows_its_picture() {
    let platform = TestPlatform::start().await;
    let merchant = platform.merchant();
    let made = merchant.post(TASKS, &combine("TASK_0001")).await.ok();
    assert_eq!(made, json!({ "task_id": "TASK_0001", "brand_id": BRAND_ID }));
    let shown = merchant.get(&task("TASK_0001", "COMBINE_IMAGE")).await.ok();
    let processing = json!({
        "brand_id": BRAND_ID, "task_id": "TASK_0001", "image_generation_type": "COMBINE_IMAGE",
        "task_state": "PROCESSING",
    });
    assert_eq!(shown, processing);
    platform.clock.move_by_seconds(2);
    let shown = merchant.get(&task("TASK_0001", "COMBINE_IMAGE")).await.ok();
    assert_eq!(shown["task_state"], "SUCCESS");
    assert_eq!(merchant.get(&task("TASK_0001", "COMBINE_IMAGE")).await.ok(), shown);
    let url = shown["combine_image_result"]["image_url"].as_str().unwrap();
    let served = platform.get_unsigned(url.strip_prefix(PUBLIC_URL).unwrap()).await;
    assert_eq!(served.header("content-type"), Some("image/svg+xml"));
    let drawing = String::from_utf8(served.body.to_vec()).unwrap();
    assert!(drawing.contains("¥15") && drawing.contains("满80元可用") && drawing.contains("#e8453c"));
    assert_eq!(platform.outbox_counts().await.waiting, 1, "the end of the task is notified");
}

#[tokio::test]
async fn a_product_is_cut_out_or_the_task_fails() {
    let platform = TestPlatform::start().await;
    let merchant = platform.merchant();
    let url = uploaded(&platform, 8, 8).await;
    merchant.post(TASKS, &cutting("TASK_CUT1", &url)).await.ok();
    let elsewhere = "https://wxpaylogo.qpic.cn/wxpaylogo/EXAMPLE/0";
    merchant.post(TASKS, &cutting("TASK_CUT2", elsewhere)).await.ok();
    platform.clock.move_by_seconds(2);
    let shown = merchant.get(&task("TASK_CUT1", "CUT_OUT")).await.ok();
    let result = shown["cut_out_result"]["image_url"].as_str().unwrap();
    let served = platform.get_unsigned(result.strip_prefix(PUBLIC_URL).unwrap()).await;
    let picture = image::load_from_memory(&served.body).unwrap().to_rgba8();
    assert!(picture.pixels().all(|pixel| pixel.0[3] == 0), "a plain picture is all background");
    let shown = merchant.get(&task("TASK_CUT2", "CUT_OUT")).await.ok();
    assert_eq!((&shown["task_state"], shown.get("cut_out_result")), (&json!("FAIL"), None));
    let foreign = cutting("TASK_CUT3", "https://img.example.com/1.png");
    merchant.post(TASKS, &foreign).await.refused_field("PARAM_ERROR", FORMAT, "/cut_out/image_url");
}

#[tokio::test]
async fn tasks_are_repeatable_and_belong_to_who_made_them() {
    let platform = TestPlatform::start().await;
    let merchant = platform.merchant();
    let first = merchant.post(TASKS, &combine("TASK_0001")).await.ok();
    assert_eq!(merchant.post(TASKS, &combine("TASK_0001")).await.ok(), first);
    assert_eq!(platform.outbox_counts().await.waiting, 1, "a repetition has no second effect");
    let mut other = combine("TASK_0001");
    other["combine_image"]["background_color"] = json!("#000000");
    merchant.post(TASKS, &other).await.refused(400, "INVALID_REQUEST", 268_578_927);
    // The type is part of the key.
    let url = uploaded(&platform, 8, 8).await;
    merchant.post(TASKS, &cutting("TASK_0001", &url)).await.ok();
    let target = task("TASK_0001", "COMBINE_IMAGE");
    platform.other_merchant().get(&target).await.refused(404, "NOT_FOUND", 268_578_608);
    merchant.get(&task("TASK_0009", "COMBINE_IMAGE")).await.refused(404, "NOT_FOUND", 268_578_608);
    merchant.get(&format!("{TASKS}/TASK_0001?brand_id={BRAND_ID}")).await.refused_field(
        "PARAM_ERROR",
        268_578_101,
        "image_generation_type",
    );
    merchant.get(&task("TASK_0001", "PAINT")).await.refused_field(
        "PARAM_ERROR",
        FORMAT,
        "image_generation_type",
    );
    let mut short = combine("TASK_0001");
    short["task_id"] = json!("12345");
    merchant.post(TASKS, &short).await.refused_field("PARAM_ERROR", 268_435_463, "/task_id");
    let mut without = combine("TASK_0002");
    without.as_object_mut().unwrap().remove("combine_image");
    merchant.post(TASKS, &without).await.refused_field("PARAM_ERROR", 268_578_101, "/combine_image");
    platform.put_authorisation(Grant::Withdrawn).await;
    merchant.get(&target).await.refused(403, "NO_AUTH", 268_579_803);
    merchant.post(TASKS, &combine("TASK_0003")).await.refused(403, "NO_AUTH", 268_579_803);
    let of_brand = "/brand/marketing/product-coupon/image-generation-tasks";
    let brand = platform.brand();
    let call = brand.call("POST", of_brand).json(&combine("TASK_0004"));
    let answer = call.platform_serial(quan_testkit::keys::PUBLIC_KEY_ID).send().await;
    answer.refused(404, "NOT_FOUND", 0);
}
