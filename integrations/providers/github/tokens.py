"""The GitHub App's own proof of who it is: a JSON web token, signed with its private key."""

import base64
import json

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

_LIFETIME = 540  # seconds; GitHub takes ten minutes at most
_DRIFT = 60  # seconds that our clock may be ahead


def app_token(*, app_id: str, private_key: str, now: int) -> str:
    """Return a token that is good for nine minutes; raise ValueError for a key that is no RSA key in PEM."""
    key = load_pem_private_key(private_key.replace("\\n", "\n").encode(), password=None)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("The private key of a GitHub App is an RSA key.")
    claims = {"iat": now - _DRIFT, "exp": now + _LIFETIME, "iss": app_id}
    signed = f"{_encoded({'alg': 'RS256', 'typ': 'JWT'})}.{_encoded(claims)}"
    return f"{signed}.{_base64(key.sign(signed.encode(), PKCS1v15(), SHA256()))}"


def _encoded(part: dict[str, object]) -> str:
    return _base64(json.dumps(part, separators=(",", ":")).encode())


def _base64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
