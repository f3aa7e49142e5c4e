//! Runs every program of the cookbook (`examples/`): each asserts its own result.

use std::error::Error;

macro_rules! cookbook {
    ($($name:ident from $path:literal)+) => {
        $(
            #[path = $path]
            mod $name;
        )+
        mod runs {
            $(
                #[test]
                fn $name() -> Result<(), Box<dyn super::Error>> {
                    super::$name::main()
                }
            )+
        }
        const PROGRAMS: &[&str] = &[$(stringify!($name)),+];
    };
}

cookbook! {
    blocking from "../examples/blocking.rs"
    certificate_rotation from "../examples/certificate_rotation.rs"
    coupon_story from "../examples/coupon_story.rs"
    download_bill from "../examples/download_bill.rs"
    errors_and_diagnosis from "../examples/errors_and_diagnosis.rs"
    first_call from "../examples/first_call.rs"
    front_end_signatures from "../examples/front_end_signatures.rs"
    mini_program_server from "../examples/mini_program_server.rs"
    notifications_on_actix from "../examples/notifications_on_actix.rs"
    notifications_on_axum from "../examples/notifications_on_axum.rs"
    paging from "../examples/paging.rs"
    paths_and_variables from "../examples/paths_and_variables.rs"
    retry_and_idempotency from "../examples/retry_and_idempotency.rs"
    sensitive_fields from "../examples/sensitive_fields.rs"
    six_styles from "../examples/six_styles.rs"
    testing_your_code from "../examples/testing_your_code.rs"
    upload_image from "../examples/upload_image.rs"
}

#[test]
fn every_program_is_run_and_says_how() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut found = Vec::new();
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let text = std::fs::read_to_string(&path).unwrap();
            let how = format!("//! Run it: `cargo run -p quan-client --example {name}`");
            assert!(text.contains(&how), "{name} does not say how to run it");
            found.push(name);
        }
    }
    found.sort();
    assert_eq!(found, PROGRAMS);
}
