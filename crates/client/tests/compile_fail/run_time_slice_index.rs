//! Nor can a slice of it: an index lives as long as the program.

fn call(client: &quan_client::Client, openid: &str) {
    let path = format!("v3/users/{openid}");
    let _ = client[path.as_str()].get();
}

fn main() {}
