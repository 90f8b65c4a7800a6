"""The engine's command line: `python -m services.engine serve --host 127.0.0.1 --port 8900 --home DIR`."""

import argparse
import logging
import os
import sys
from collections.abc import Sequence

from services.engine import Engine, open_engine
from services.engine.errors import HomeUnusable, InvalidSetting
from services.engine.settings import PRIVATE_UMASK, from_environment
from services.engine.threads import answer_with_one_thread
from services.engine.wire.dispatch import Dispatcher
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
    dispatcher = _dispatcher(engine, options)
    try:
        home = engine.settings.home
        serve(
            dispatcher,
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
        dispatcher.close()
        engine.close()
    return 0


def _dispatcher(engine: Engine, options: argparse.Namespace) -> Dispatcher:
    """Return what answers: the engine, or the engine as an account of AWS would."""
    if not options.like_aws:
        return engine.dispatcher
    from services.engine.wire.like_aws.account import AccountDispatcher
    from services.engine.wire.like_aws.behaviour import Behaviour

    behaviour = Behaviour(
        seconds=options.like_aws_seconds,
        seed=options.seed,
        rate=options.like_aws_rate,
        session_s=options.like_aws_session,
        iam_endpoint_url=options.like_aws_iam or os.environ.get("AWS_ENDPOINT_URL_IAM") or None,
    )
    return AccountDispatcher(engine.context, behaviour)


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
    _add_like_aws(serving)
    return parser


def _add_like_aws(serving: argparse.ArgumentParser) -> None:
    """Add the options of an engine that behaves as an account of AWS."""
    serving.add_argument(
        "--like-aws", action="store_true", help="behave as an account of AWS: states, rates, rights (docs/like-aws.md)"
    )
    serving.add_argument(
        "--like-aws-seconds",
        type=_amount,
        default=2.0,
        metavar="S",
        help="resources take S to 2.5 S seconds to change (default: 2)",
    )
    serving.add_argument(
        "--like-aws-rate",
        type=_amount,
        default=10.0,
        metavar="N",
        help="requests per second of each operation; 0: any (default: 10)",
    )
    serving.add_argument(
        "--like-aws-session",
        type=_amount,
        default=0.0,
        metavar="S",
        help="an access key expires S seconds after its first request; 0: never (default)",
    )
    serving.add_argument(
        "--like-aws-iam",
        metavar="URL",
        help="IAM that roles are checked by (default: AWS_ENDPOINT_URL_IAM)",
    )
    serving.add_argument("--seed", type=int, default=0, help="of the durations of --like-aws (default: 0)")


def _amount(text: str) -> float:
    number = float(text)
    if not 0 <= number <= 86_400:  # also false for nan
        raise argparse.ArgumentTypeError(f"{text} must be a number from 0 to 86,400")
    return number


if __name__ == "__main__":
    sys.exit(main())
