"""A client's keys and what it signs with them, by libraries that nobody here wrote."""

import base64
import json
import secrets
import time

from joserfc import jws
from joserfc.jwk import ECKey, RSAKey

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
SIZES = {"RS256": 2048, "RS384": 2048, "ES256": "P-256", "ES384": "P-384"}


class Unchecked(jws.JWSRegistry):
    """Signs any header: refusing is the server's part."""

    def check_header(self, header):
        pass


class ClientKey:
    """A key pair for one algorithm, and the name that it is published under."""

    def __init__(self, algorithm="ES384", kid=None):
        self.algorithm, self.kid = algorithm, kid or secrets.token_hex(8)
        kind = RSAKey if algorithm.startswith("RS") else ECKey
        self.key = kind.generate_key(SIZES[algorithm], {"kid": self.kid, "use": "sig", "alg": algorithm})

    @property
    def public(self):
        return self.key.as_dict(private=False)

    def sign(self, header, claims):
        """A JWT with this header and these claims, whatever they are; a member that is None is left out."""
        header, claims = (
            {name: value for name, value in part.items() if value is not None} for part in (header, claims)
        )
        return jws.serialize_compact(
            header, json.dumps(claims), self.key, registry=Unchecked(algorithms=[header["alg"]])
        )

    def assertion(self, client_id, audience, header=None, **claims):
        """What proves to be this client (RFC 7523 §2.2), or nearly: the named claims and header members differ."""
        now = int(time.time())
        usual = {"iss": client_id, "sub": client_id, "aud": audience, "iat": now, "exp": now + 240, "jti": text()}
        return self.sign({"typ": "JWT", "alg": self.algorithm, "kid": self.kid, **(header or {})}, {**usual, **claims})


def text():
    return secrets.token_urlsafe(24)


def key_set(*keys):
    return json.dumps({"keys": [key.public for key in keys]})


def compact(header, claims, signature=b""):
    """A token in three parts that no library would make."""
    parts = [json.dumps(header).encode(), json.dumps(claims).encode(), signature]
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


def claims_of(token):
    """What a token says, unproven."""
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
