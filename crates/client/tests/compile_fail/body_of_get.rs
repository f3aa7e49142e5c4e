//! GET and DELETE have no body.

fn call(client: &quan_client::Client) {
    let _ = client["v3/x"].get().json(&1);
    let _ = client["v3/x"].delete().raw("", "text/plain");
}

fn main() {}
