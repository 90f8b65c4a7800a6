"""A picture, light and dark, of what the screens say to each fault of docs/aws.md, on an account like AWS.

    python -m benchmarks.refusals --out FOLDER [--only WORD ...] [--chromium PROGRAM]

The account is the engine as `serve --like-aws` serves it, beside S3, IAM and STS of moto; faults that an account has by
itself (throttling, expired credentials, no connection) are put into its answers. A case whose sentence does not appear
is printed as missing, and the exit status is 1.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from moto.server import ThreadedMotoServer

from benchmarks.script import WIDE, opened, serving
from services.backend import Backend, open_backend
from services.engine import Engine, tiny_shop
from services.engine.testing import test_engine, tiny_world, train
from services.engine.wire.dispatch import failure
from services.engine.wire.like_aws.account import AccountDispatcher
from services.engine.wire.like_aws.behaviour import Behaviour
from services.engine.wire.server import serving_in_thread
from services.errors import DataError
from services.personalize.datasets import group_names
from services.personalize.deletion import delete_group
from services.screens.settings.checks import missing, run_checks
from services.screens.settings.policies import text, trust
from services.screens.settings.repair import POLICY, make

if TYPE_CHECKING:
    from playwright.sync_api import Page

ACCOUNT, BUCKET, ROLE = "123456789012", "films-of-mine", "personalize-explorer"
SECONDS = 2.0
"""Shortest time that the account takes to make something."""
APPEARS_MS = 30_000
BROKEN = "InternalServerError"
MESSAGES = {
    "ThrottlingException": "Rate exceeded",
    "ExpiredTokenException": "The security token is expired",
    BROKEN: "Internal Server Error",
}


class Faulty(AccountDispatcher):
    """An account that refuses everything, from the answer to one operation on or at once."""

    fault: ClassVar[str] = ""
    after: ClassVar[str] = ""
    """The operation after whose answer the fault begins; "" where it has begun."""

    def answer(self, method: str, path: str, target: str | None, body: bytes, authorization: str | None = None) -> Any:
        """Return the account's answer, or the fault's."""
        if Faulty.fault and not Faulty.after:
            status = 500 if Faulty.fault == BROKEN else 400
            return failure("personalize", Faulty.fault, MESSAGES[Faulty.fault], status)
        answered = super().answer(method, path, target, body, authorization)
        if Faulty.after and (target or "").endswith(f".{Faulty.after}"):
            Faulty.after = ""
        return answered

    @classmethod
    def begin(cls, fault: str, after: str = "") -> None:
        """Let a fault begin; "" ends it."""
        cls.fault, cls.after = fault, after


@dataclass(frozen=True)
class World:
    """What a case acts on."""

    page: "Page"
    address: str
    account: Engine
    aws: Backend
    close: Callable[[], None]
    """Ends what answers."""


def pressed(page: "Page", name: str) -> None:
    """Press a button by its words."""
    page.get_by_role("button", name=name).filter(visible=True).first.click()


def to_import(world: World, name: str) -> None:
    """Load a file and press Import, under a name."""
    page = world.page
    page.goto(f"{world.address}/data?tab=Source")
    rows = tiny_shop.datasets()["Interactions"][1].encode()
    file = {"name": f"{name}.csv", "mimeType": "text/csv", "buffer": rows}
    page.locator("input[type=file]").first.set_input_files([file])
    page.get_by_text("rows, text separated by commas").first.wait_for()
    pressed(page, "Check these files")
    page.get_by_text("Checks by the rules of Amazon Personalize").wait_for()
    page.get_by_role("radio", name="Import").click()
    page.get_by_role("textbox", name="Name of the data set group").fill(name)
    page.keyboard.press("Tab")
    page.get_by_text("into Amazon S3 and Amazon Personalize").wait_for()
    pressed(page, "Import")


def throttled(world: World) -> None:
    """An import, and nothing is answered from its job on."""
    Faulty.begin("ThrottlingException", "CreateDatasetImportJob")
    to_import(world, "throttled")


def expired(world: World) -> None:
    """A training, and the token expires."""
    Faulty.begin("ExpiredTokenException", "CreateSolutionVersion")
    world.page.goto(f"{world.address}/training?data=shop&recipe=Bestsellers")
    pressed(world.page, "Train")


def broken(world: World) -> None:
    """A training, and the service fails."""
    Faulty.begin(BROKEN, "CreateSolutionVersion")
    world.page.goto(f"{world.address}/training?data=shop&recipe=Bestsellers")
    pressed(world.page, "Train")


def unreachable(world: World) -> None:
    """The network is gone; the last case, because nothing answers after it."""
    world.close()
    world.page.goto(f"{world.address}/training?data=shop")


def denied(what: str) -> Callable[[World], None]:
    """Return an import that lacks the bucket, a policy, or the role."""

    def act(world: World) -> None:
        s3, iam = (world.aws.client(name) for name in ("s3", "iam"))  # type: ignore[misc]
        if what == "bucket policy":
            s3.delete_bucket_policy(Bucket=BUCKET)
        if what == "bucket":
            for entry in s3.list_objects_v2(Bucket=BUCKET).get("Contents", []):
                s3.delete_object(Bucket=BUCKET, Key=entry["Key"])
            s3.delete_bucket(Bucket=BUCKET)
        if what == "trust":
            other = text(trust(ACCOUNT, "us-east-1")).replace("personalize.amazonaws.com", "ec2.amazonaws.com")
            iam.update_assume_role_policy(RoleName=ROLE, PolicyDocument=json.dumps(json.loads(other)))
        if what in ("rights", "role"):
            iam.delete_role_policy(RoleName=ROLE, PolicyName=POLICY)
        if what == "role":
            iam.delete_role(RoleName=ROLE)
        to_import(world, f"no-{what.replace(' ', '-')}")
        world.page.get_by_text("The import stopped").wait_for()

    return act


def steps(world: World) -> None:
    """Settings look step by step at an account without its bucket."""
    world.aws.client("s3").delete_bucket_policy(Bucket=BUCKET)  # type: ignore[misc]
    world.page.goto(f"{world.address}/settings")
    pressed(world.page, "Look step by step")


def deleted(world: World) -> None:
    """Somebody else deletes what is being trained."""
    personalize, page = world.account.client("personalize"), world.page
    before = {entry["solutionArn"] for entry in personalize.list_solutions()["solutions"]}
    page.goto(f"{world.address}/training?data=shop&recipe=Bestsellers")
    pressed(page, "Train")
    for _ in range(15):
        page.wait_for_timeout(1000)
        for entry in personalize.list_solutions()["solutions"]:
            if entry["solutionArn"] not in before:
                personalize.delete_solution(solutionArn=entry["solutionArn"])
                return


def campaigns_full(world: World) -> None:
    """A sixth campaign in a quota of five."""
    personalize = world.account.client("personalize")
    (version,) = personalize.list_solution_versions()["solutionVersions"][:1]
    for number in range(30):
        try:
            personalize.create_campaign(name=f"full-{number}", solutionVersionArn=version["solutionVersionArn"])
        except personalize.exceptions.LimitExceededException:
            break
    page = world.page
    address = version["solutionVersionArn"].partition(":solution/")[2]
    page.goto(f"{world.address}/training?data=shop&version={address}")
    page.get_by_role("textbox", name="Campaign").fill("one-more")
    page.keyboard.press("Tab")
    page.get_by_role("dialog").get_by_role("button", name="Deploy").click()


def fill_groups(world: World) -> None:
    """Make data set groups up to the quota of five."""
    for number in range(5 - len(group_names(world.aws))):
        world.account.client("personalize").create_dataset_group(name=f"full-{number}")


def groups_full(world: World) -> None:
    """A sixth data set group."""
    fill_groups(world)
    to_import(world, "sixth")
    world.page.get_by_text("The import stopped").wait_for()


def move_full(world: World) -> None:
    """A move into a full account."""
    fill_groups(world)
    page = world.page
    page.goto(f"{world.address}/settings")
    pressed(page, "Show the plan")
    page.get_by_role("textbox", name="Type move to go ahead").fill("move")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Move", exact=True).click()


CASES: dict[str, tuple[Callable[[World], None], str]] = {
    "throttled": (throttled, "AWS answers no more requests for the moment"),
    "expired": (expired, "Renew the AWS credentials"),
    "broken": (broken, "The service failed at this"),
    "no-bucket": (denied("bucket"), "There is no bucket"),
    "no-bucket-policy": (denied("bucket policy"), "Insufficient privileges"),
    "no-trust": (denied("trust"), "does not allow sts:AssumeRole"),
    "no-rights": (denied("rights"), "Insufficient privileges"),
    "no-role": (denied("role"), "does not exist"),
    "steps": (steps, "needs something"),
    "deleted": (deleted, "was deleted"),
    "campaigns-full": (campaigns_full, "Delete what you no longer need"),
    "groups-full": (groups_full, "More than 5 dataset groups"),
    "move-full": (move_full, "More than 5 dataset groups"),
    "unreachable": (unreachable, "Check the network"),
}
"""What is done, and the sentence that the screen then has."""


@contextmanager
def account(folder: Path) -> Iterator[tuple[Engine, Callable[[], None]]]:
    """Give the account's engine, and what ends its answers; the environment names it and its S3, IAM and STS."""
    moto = ThreadedMotoServer(port=0, verbose=False)
    moto.start()
    url = "http://{}:{}".format(*moto.get_host_and_port())
    own = {f"AWS_ENDPOINT_URL_{service}": url for service in ("S3", "IAM", "STS", "CLOUDWATCH", "SERVICE_QUOTAS")}
    keys = {"AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any", "AWS_DEFAULT_REGION": "us-east-1"}
    os.environ.update(own | keys | {"AWS_CONFIG_FILE": "/nonexistent"})
    behaviour = Behaviour(seconds=SECONDS, rate=0.0, iam_endpoint_url=url)
    with (
        test_engine(folder / "account", account_id=ACCOUNT, s3_endpoint_url=url, use_s3=True) as engine,
        ExitStack() as answering,
    ):
        served = answering.enter_context(serving_in_thread(Faulty(engine.context, behaviour)))
        for service in ("PERSONALIZE", "PERSONALIZE_RUNTIME", "PERSONALIZE_EVENTS"):
            os.environ[f"AWS_ENDPOINT_URL_{service}"] = served
        os.environ |= {
            "PERSONALIZE_BACKEND": "aws",
            "PERSONALIZE_BUCKET": BUCKET,
            "PERSONALIZE_ROLE_ARN": f"arn:aws:iam::{ACCOUNT}:role/{ROLE}",
            "PERSONALIZE_POLL_S": "0.5",
        }
        yield engine, answering.close
    moto.stop()


def mended(aws: Backend) -> None:
    """End every fault: make what is missing, and remove what fills quotas."""
    Faulty.begin("")
    make(aws, missing(run_checks(aws)))
    while others := [name for name in group_names(aws) if name != "shop"]:
        try:
            delete_group(aws, others[0])
        except DataError:  # the screen takes it back at the same time
            time.sleep(SECONDS)
    for campaign in aws.personalize.list_campaigns()["campaigns"]:
        if campaign["name"].startswith("full-"):
            aws.personalize.delete_campaign(campaignArn=campaign["campaignArn"])


def pictured(world: World, name: str, out: Path) -> bool:
    """Do a case, and take its pictures; return whether its sentence appeared."""
    from playwright.sync_api import Error as PlaywrightError

    act, sentence = CASES[name]
    appeared = False
    try:
        act(world)
        found = world.page.get_by_text(sentence).filter(visible=True).first
        found.wait_for()
        found.scroll_into_view_if_needed()
        appeared = True
    except PlaywrightError as error:  # the picture shows what is there instead
        print(f"{name}: {str(error).splitlines()[0]}", file=sys.stderr)
    for scheme in ("light", "dark"):
        world.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        world.page.wait_for_timeout(700)
        world.page.screenshot(path=out / f"{name}-{scheme}.png")
    world.page.emulate_media(color_scheme="light")
    return appeared


def main() -> int:
    """Do every case; return the exit status."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--out", type=Path, required=True, help="the folder for the pictures")
    options.add_argument("--only", nargs="+", default=[""], help="cases whose name has one of these")
    options.add_argument("--chromium", default=shutil.which("chromium"))
    given = options.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    from playwright.sync_api import sync_playwright

    n_missing = 0
    print("| case | sentence | appeared |\n| --- | --- | --- |")
    with (
        tempfile.TemporaryDirectory() as scratch,
        account(Path(scratch)) as (engine, close),
        sync_playwright() as playwright,
    ):
        home = Path(scratch) / "home"
        with test_engine(home) as here:
            tiny_world(here, name="local-shop")
        aws = open_backend(home=home)
        make(aws, missing(run_checks(aws)))
        aws.client("s3").create_bucket(Bucket="shop")  # type: ignore[misc]
        world = tiny_world(engine)
        train(engine, world.group, "aws-sims", "goes-with")
        browser = playwright.chromium.launch(executable_path=given.chromium, args=["--no-sandbox", "--disable-gpu"])
        with serving(home) as address:
            page = opened(browser, f"{address}/recommendations", "light", WIDE)
            pressed(page, "Read it back from its import")
            page.set_default_timeout(APPEARS_MS)
            page.get_by_text("was not loaded on this machine").wait_for(state="hidden")
            for name in [case for case in CASES if any(word in case for word in given.only)]:
                appeared = pictured(World(page, address, engine, aws, close), name, given.out)
                n_missing += not appeared
                print(f"| {name} | {CASES[name][1]} | {'yes' if appeared else 'MISSING'} |", flush=True)
                if name != "unreachable":
                    mended(aws)
        browser.close()
        aws.close()
    return 1 if n_missing else 0


if __name__ == "__main__":
    sys.exit(main())
