"""What Schemathesis needs to call a running platform: signatures over the bytes as they go out, and ids that exist.

QUAN_SANDBOX names the connection file. Three of four generated ids are replaced by those of the sandbox, so that calls
get past the lookups; the rest stay as generated, so that the lookups are tried too.
"""

import base64
import hashlib
import json
import os
import re
import secrets
import time
from urllib.parse import urlsplit

import requests
import schemathesis
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding

with open(os.environ["QUAN_SANDBOX"], encoding="utf-8") as file:
    SANDBOX = json.load(file)


def private_key(path):
    with open(path, "rb") as pem:
        return serialization.load_pem_private_key(pem.read(), password=None)


MERCHANT_KEY = private_key(SANDBOX["merchant"]["private_key_file"])
BRAND_KEY = private_key(SANDBOX["brand"]["private_key_file"])


class Signature(requests.auth.AuthBase):
    """Signs what `requests` is about to send, as APIv3 asks."""

    def __call__(self, request):
        target = urlsplit(request.url)
        path = target.path + (f"?{target.query}" if target.query else "")
        if path.startswith("/claim/"):
            return request
        body = request.body or b""
        body = body.encode() if isinstance(body, str) else body
        kind = request.headers.get("Content-Type", "")
        signed = meta_part(body) if kind.startswith("multipart/form-data") else body
        timestamp, nonce = str(int(time.time())), secrets.token_hex(16)
        message = "\n".join([request.method, path, timestamp, nonce, ""]).encode() + signed + b"\n"
        if path.startswith("/brand/"):
            scheme, name, caller, key = "WECHATPAY-BRAND-SHA256-RSA2048", "brand_id", SANDBOX["brand"], BRAND_KEY
            identity = caller["brand_id"]
            request.headers["Wechatpay-Serial"] = SANDBOX["platform"]["public_key_id"]
        else:
            scheme, name, caller, key = "WECHATPAY2-SHA256-RSA2048", "mchid", SANDBOX["merchant"], MERCHANT_KEY
            identity = caller["mchid"]
        signature = base64.b64encode(key.sign(message, padding.PKCS1v15(), hashes.SHA256())).decode()
        request.headers["Authorization"] = (
            f'{scheme} {name}="{identity}",nonce_str="{nonce}",timestamp="{timestamp}",'
            f'serial_no="{caller["serial_no"]}",signature="{signature}"'
        )
        return request


def meta_part(body):
    """The bytes of the part `meta`; of a body without one, nothing."""
    found = re.search(rb'name="meta"[^\r\n]*\r\n(?:[^\r\n]+\r\n)*\r\n(.*?)\r\n--', body, re.DOTALL)
    return found.group(1) if found else b""


schemathesis.auth.set_from_requests(Signature())

STOCKS = list(SANDBOX["stocks"].values())
PRODUCT_COUPONS = SANDBOX["product_coupons"]
REAL = {
    "brand_id": [SANDBOX["brand"]["brand_id"]],
    "appid": [SANDBOX["appid"]],
    "notify_appid": [SANDBOX["appid"]],
    "openid": SANDBOX["openids"],
    "stock_id": STOCKS,
    "stock_bundle_id": [SANDBOX["stock_bundle"]],
    "product_coupon_id": list(PRODUCT_COUPONS.values()),
    "store_id": [SANDBOX["store_id"]],
    "belong_merchant": [SANDBOX["merchant"]["mchid"]],
    "creator_merchant": [SANDBOX["merchant"]["mchid"]],
}
# What stands beside these belongs to the same product coupon.
REAL_TOGETHER = {
    "stock_bundle_id": {"product_coupon_id": [PRODUCT_COUPONS["progressive_bundle"]]},
    "product_coupon_id": {"stock_id": [SANDBOX["stocks"]["single"]]},
    "stock_id": {"product_coupon_id": [PRODUCT_COUPONS["single"]]},
}


def with_real_ids(value, seed):
    """Real ids for three of four generated ones, and the real brand for all; which ones follows from the whole of what
    was generated, so runs repeat, and calls that are wrong in one id only come up too."""
    if isinstance(value, list):
        return [with_real_ids(item, seed) for item in value]
    if not isinstance(value, dict):
        return value
    real = dict(REAL)
    for name in value:
        real.update(REAL_TOGETHER.get(name, {}))
    return {name: chosen(name, with_real_ids(member, seed), real, seed) for name, member in value.items()}


def chosen(name, value, real, seed):
    if name not in real or not isinstance(value, str):
        return value
    digest = hashlib.sha256(f"{name}\n{seed}".encode("utf-8", "surrogatepass")).digest()
    is_real = name == "brand_id" or digest[0] % 4
    return real[name][digest[1] % len(real[name])] if is_real else value


def mapped(generated):
    return with_real_ids(generated, repr(generated))


@schemathesis.hook
def map_body(ctx, body):
    return mapped(body)


@schemathesis.hook
def map_query(ctx, query):
    return mapped(query)


@schemathesis.hook
def map_path_parameters(ctx, path_parameters):
    return mapped(path_parameters)
