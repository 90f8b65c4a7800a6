"""The engine's command line: `python -m services.engine serve --host 127.0.0.1 --port 8900 --home DIR`."""

import argparse
import logging
import os
import sys
from collections.abc import Sequence

from services.engine import open_engine
from services.engine.errors import HomeUnusable, InvalidSetting
from services.engine.settings import PRIVATE_UMASK, from_environment
from services.engine.threads import answer_with_one_thread
from services.engine.wire.server import AddressInUse, serve

PROG = "python -m services.engine"


def main(arguments: Sequence[str] | None = None, prog: str = PROG, default_home: str = ".workspace") -> int:
    """Answer the Amazon Personalize API over HTTP until terminated; return the exit status."""
    options = command_parser(prog, default_home).parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    os.umask(PRIVATE_UMASK)
    answer_with_one_thread()
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # a home's name may not be ASCII
    try:
        settings = from_environment(options.home, _environment(options))
        engine = open_engine(settings=settings)
    except (HomeUnusable, InvalidSetting) as error:
        print(error, file=sys.stderr)
        return 1
    try:
        home = engine.settings.home
        serve(
            engine.dispatcher,
            options.host,
            options.port,
            lambda url: print(f"Listening on {url} (home {home})", flush=True),
            settings.allowed_hosts,
            settings.allowed_origins,
        )
    except AddressInUse as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        engine.close()
    return 0


def _environment(options: argparse.Namespace) -> dict[str, str]:
    """Return the environment with the options in the place of their variables."""
    given = {
        "PERSONALIZE_ACCOUNT_ID": options.account_id,
        "PERSONALIZE_ALLOWED_ORIGINS": ",".join(options.allow_origin or ()),
    }
    return dict(os.environ) | {variable: value for variable, value in given.items() if value}


def command_parser(prog: str = PROG, default_home: str = ".workspace") -> argparse.ArgumentParser:
    """Return the parser of the command line; prog and default_home are what its help calls them."""
    parser = argparse.ArgumentParser(prog=prog, description="An Amazon Personalize in a folder.")
    commands = parser.add_subparsers(dest="command", required=True)
    serving = commands.add_parser("serve", help="answer the Amazon Personalize API over HTTP")
    serving.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    serving.add_argument("--port", type=int, default=8900, help="port to listen on; 0 selects a free one")
    home = default_home.replace("%", "%%")
    serving.add_argument(
        "--account-id", help="account of all ARNs, 12 digits, set once for a home (default: the home's)"
    )
    serving.add_argument(
        "--allow-origin",
        action="append",
        metavar="ORIGIN",
        help="let web pages of this origin call the server, e.g. http://localhost:3000; may be repeated",
    )
    serving.add_argument("--home", help=f"folder for all data (default: PERSONALIZE_HOME or {home})")
    return parser


if __name__ == "__main__":
    sys.exit(main())
