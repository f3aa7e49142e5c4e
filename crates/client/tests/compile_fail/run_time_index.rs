//! Ids belong into variables: a string that is made at run time cannot be an index.

fn call(client: &quan_client::Client, openid: &str) {
    let path = format!("v3/users/{openid}");
    let _ = client[&path].get();
}

fn main() {}
