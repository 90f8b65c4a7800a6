"""A provider of OpenID Connect for tests: discovery, authorization, tokens and keys, with one account at a time.

Source: OpenID Connect Core 1.0 (authorization code flow) and Discovery 1.0.
"""

import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT_ID, CLIENT_SECRET = "explorer", "a secret of the client"


class Provider:
    """What the provider knows: its key, the account that signs in next, and the codes that it gave."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.email = "ann@example.org"
        self.key = RSAKey.generate_key(2048, {"kid": "test", "alg": "RS256", "use": "sig"})
        self.nonces: dict[str, str] = {}

    def discovery(self) -> dict[str, object]:
        """Return the metadata of the provider."""
        return {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
        }

    def authorized(self, query: dict[str, str]) -> str:
        """Return where the browser goes after the account has agreed."""
        code = secrets.token_urlsafe()
        self.nonces[code] = query["nonce"]
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, form: dict[str, str]) -> dict[str, object]:
        """Return the tokens for a code, which is good once."""
        now = int(time.time())
        claims = {"iss": self.address, "aud": CLIENT_ID, "sub": "17", "iat": now, "exp": now + 600}
        claims |= {"email": self.email, "email_verified": True, "nonce": self.nonces.pop(form["code"])}
        token = jwt.encode({"alg": "RS256", "kid": "test"}, claims, self.key)
        return {"access_token": "unused", "token_type": "Bearer", "expires_in": 600, "id_token": token}


@contextmanager
def providing() -> Iterator[Provider]:
    """Run a provider on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = urlsplit(self.path)
            if address.path == "/authorize":
                query = {name: values[0] for name, values in parse_qs(address.query).items()}
                self.send_response(302)
                self.send_header("Location", provider.authorized(query))
                self.end_headers()
            elif address.path == "/jwks":
                self._answer({"keys": [provider.key.as_dict(private=False)]})
            else:
                self._answer(provider.discovery())

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self._answer(provider.token({name: values[0] for name, values in form.items()}))

        def log_message(self, *_: object) -> None:
            pass

        def _answer(self, value: dict[str, object]) -> None:
            body = json.dumps(value).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider = Provider(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
