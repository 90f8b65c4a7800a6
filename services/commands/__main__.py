"""The command line: `personalize-explorer run` from a wheel, `python -m services.commands run` from a clone."""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence

from services.commands import installation
from services.commands.findings import report
from services.commands.running import running
from services.engine.settings import PRIVATE_UMASK

EVERY_ADDRESS = ("0.0.0.0", "::")
RUN, SERVE, DEMO, CHECK = "run", "serve", "demo", "check"


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the arguments say; return the exit status."""
    parser = command_parser()
    options, more = parser.parse_known_args(arguments)
    if more and options.command not in (RUN, SERVE):
        parser.error(f"unrecognized arguments: {' '.join(more)}")
    installation.choose_home(getattr(options, "home", None))
    os.umask(PRIVATE_UMASK)
    if options.command == RUN:
        return run(options.port, options.address, more)
    if options.command == SERVE:
        return _serve(parser.prog, more)
    if options.command == DEMO:
        return _demo(parser.prog)
    if options.data:
        return _quality(options)
    return _check({RUN: options.port, SERVE: options.serve_port}, options.running)


def run(port: int | None, address: str | None, more: Sequence[str]) -> int:
    """Become Streamlit's server with the explorer. It reads .streamlit/config.toml beside app.py from any folder."""
    command = [sys.executable, "-P", "-m", "streamlit", "run", str(installation.ROOT / "app.py")]
    command += ["--server.port", str(port)] if port is not None else []
    command += ["--server.address", address] if address is not None else []
    if address in EVERY_ADDRESS:  # to print an address, Streamlit would ask a host on the internet for this machine's
        command += ["--browser.serverAddress", "localhost"]
    sys.stdout.flush()
    os.execv(sys.executable, [*command, *more])


def _serve(prog: str, arguments: Sequence[str]) -> int:
    from services.engine.__main__ import main as engine

    return engine([SERVE, *arguments], prog, installation.default_home())


def _demo(prog: str) -> int:
    from services.demo import runner

    return runner.main("make run" if installation.is_clone() else f"{prog} {RUN}")


def _check(ports: Mapping[str, int], is_running: bool) -> int:
    if is_running:
        return 1 if report([running(ports)]) else 0
    from services.commands.check import findings

    problems = report(findings(ports))
    print("The explorer can run here." if not problems else "The explorer cannot run here yet.")
    return 1 if problems else 0


def _quality(options: argparse.Namespace) -> int:
    from services.commands import quality
    from services.engine.settings import from_environment

    asked = quality.Asked(
        options.data,
        tuple(options.at_least or ()),
        options.result or "",
        options.of or "",
        options.beats or "",
        tuple(options.measure or ()),
        options.protocol,
    )
    problems = report(quality.findings(from_environment().home, asked))
    print("The lists are good enough." if not problems else "The lists are not good enough.")
    return 1 if problems else 0


def _bound(text: str) -> object:
    from services.commands.quality import Bound

    try:
        return Bound.read(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def command_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands; the options of serve are the engine's own."""
    name = installation.NAME if not installation.is_clone() else "python -m services.commands"
    parser = argparse.ArgumentParser(
        prog=name,
        description="Personalize Explorer, with an engine like Amazon Personalize inside.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"{installation.NAME} {installation.version()}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="{run,serve,demo,check}")
    running = _command(commands, RUN, "start the explorer and print its address; further options go to Streamlit")
    running.add_argument("--port", type=int, help="port of the pages (default: 8501, or the next free one)")
    running.add_argument("--address", help="address to listen on (default: 127.0.0.1, this machine only)")
    commands.add_parser(SERVE, help="answer the Amazon Personalize API over HTTP", add_help=False, allow_abbrev=False)
    _command(commands, DEMO, "prepare the film demo without a browser")
    checking = _command(commands, CHECK, "say whether the explorer can run here, and what to do where it cannot")
    checking.add_argument("--port", type=int, default=8501, help="port that run will use (default: 8501)")
    checking.add_argument("--serve-port", type=int, default=8900, help="port that serve will use (default: 8900)")
    checking.add_argument("--running", action="store_true", help="only say whether run or serve answers on its port")
    lists = checking.add_argument_group("is a recommender good enough, for a pipeline: exit status 1 where it is not")
    lists.add_argument("--data", metavar="GROUP", help="check lists for this data set group, and nothing else")
    lists.add_argument("--at-least", action="append", type=_bound, metavar="METRIC@K=VALUE", help="hit_rate@25=0.5")
    lists.add_argument(
        "--of", metavar="NAME", help="whose lists: a recipe or uploaded ones (default: the first recipe)"
    )
    lists.add_argument("--beats", metavar="NAME", help='what they must clearly beat: "bestsellers", or a name')
    lists.add_argument("--result", metavar="NAME", help="a finished evaluation (default: the newest)")
    lists.add_argument("--measure", action="append", metavar="RECIPE", help="measure this recipe now, as a new result")
    lists.add_argument("--protocol", default="time", help="what --measure holds out (default: time)")
    return parser


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, text: str
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.", allow_abbrev=False)
    home = f"folder for all data (default: PERSONALIZE_HOME or {installation.default_home()})"
    parser.add_argument("--home", help=home.replace("%", "%%"))
    return parser


if __name__ == "__main__":
    sys.exit(main())
