"""A plan as a boto3 program, run against the account, and as a CloudFormation template, read by cfn-lint."""

import io
import json
import subprocess
import sys
import zipfile

import pytest
import yaml

from services.moving.memory import TO_AWS, Request
from services.moving.parcel import parcel, script_name
from services.moving.plan import Choice
from services.moving.script import script
from services.moving.template import template
from services.personalize.datasets import find_group
from tests.needs import need

CHOICE = Choice(solutions=("shop",), campaigns=("shop",))


def request(name):
    return Request(TO_AWS, "shop", name, CHOICE)


def described(backend, name):
    """Return what a group consists of, as far as two ways of making it must agree."""
    personalize, group = backend.personalize, find_group(backend, name)
    solution = personalize.list_solutions(datasetGroupArn=group.arn)["solutions"][0]["solutionArn"]
    of_solution = personalize.describe_solution(solutionArn=solution)["solution"]
    campaign = personalize.list_campaigns(solutionArn=solution)["campaigns"][0]["campaignArn"]
    return {
        "schemas": [view.schema_arn for view in group.datasets],
        "imported": [view.dataset_type for view in group.datasets if view.imported],
        "trackers": [t["name"] for t in personalize.list_event_trackers(datasetGroupArn=group.arn)["eventTrackers"]],
        "filters": [f["name"] for f in personalize.list_filters(datasetGroupArn=group.arn)["Filters"]],
        "solution": {key: of_solution.get(key) for key in ("name", "recipeArn", "performAutoTraining")},
        "campaign": personalize.describe_campaign(campaignArn=campaign)["campaign"]["minProvisionedTPS"],
    }


def test_the_script_makes_the_same_as_the_explorer_and_a_second_run_makes_nothing(sides, tmp_path):
    runner = sides.runner()
    plan = runner.plan(request("shop-a"))
    source, _ = runner.sides(TO_AWS)
    archive = parcel(source, runner.found(TO_AWS, "shop"), plan)
    with zipfile.ZipFile(io.BytesIO(archive)) as packed:
        packed.extractall(tmp_path)
        assert sorted(packed.namelist()) == [
            *(f"data/{kind}.csv" for kind in ("interactions", "items", "users")),
            "move_shop_a.py",
            "shop-a.template.yaml",
        ]
    command = [sys.executable, script_name(plan), "--bucket", sides.aws.bucket, "--role", sides.aws.role_arn]
    for _ in range(2):
        ran = subprocess.run(
            [*command, "--data", "data"], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
        )
        assert ran.returncode == 0, ran.stderr
    assert "tracking ID:" in ran.stdout
    runner.start(request("shop-b"))
    assert runner.wait(120)
    by_script, by_explorer = described(sides.aws, "shop-a"), described(sides.aws, "shop-b")
    renamed = json.loads(json.dumps(by_explorer).replace("shop-b", "shop-a"))
    assert json.loads(json.dumps(by_script)) == renamed
    jobs = [view.imports for view in find_group(sides.aws, "shop-a").datasets]
    assert [len(imports) for imports in jobs] == [1, 1, 1]


def test_the_script_names_its_costs_and_what_differs(sides):
    text = script(sides.runner().plan(request("shop-c")), "move.py")
    assert "# Campaign shop-c: $144 a month" in text
    assert "about $0.24 once, about $144 a month afterwards" in text
    assert "# Its tracking ID is a new one: programs that send events must use it." in text
    compile(text, "move.py", "exec")


def test_the_template_has_what_cloudformation_knows_and_comments_on_the_rest(sides):
    sides.engine.client("personalize").create_solution(
        name="hrnn",
        datasetGroupArn=sides.world.group,
        recipeArn="arn:aws:personalize:::recipe/aws-hrnn",
        solutionConfig={"algorithmHyperParameters": {"hidden_dimension": "40"}},
    )
    choice = Choice(solutions=("shop", "hrnn"), campaigns=("shop",))
    plan = sides.runner().plan(Request(TO_AWS, "shop", "shop-d", choice))
    text = template(plan)
    body = yaml.safe_load(text)
    kinds = [entry["Type"].rpartition("::")[2] for entry in body["Resources"].values()]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "DatasetGroup": 1,
        "Schema": 3,
        "Dataset": 3,
        "EventTracker": 1,
        "Filter": 1,
        "Solution": 2,
    }
    assert all(r["Condition"] == "WithSolutions" for r in body["Resources"].values() if r["Type"].endswith("Solution"))
    assert body["Parameters"]["WithSolutions"]["Default"] == "no"
    comments = [line for line in text.splitlines() if line.startswith("#")]
    assert "# - Campaign shop-d: $144 a month" in comments
    assert any("AWS no longer trains HRNN" in line for line in comments)
    need("cfnlint")
    from cfnlint.api import lint
    from cfnlint.config import ManualArgs

    where = ManualArgs(regions=["us-east-1"])
    assert [str(match) for match in lint(text, config=where)] == []
    wrong = lint(text.replace("FilterExpression:", "Expression:"), config=where)
    assert any("'Expression' was unexpected" in str(match) for match in wrong), "it is really looked at"


@pytest.mark.parametrize("name", ["interactions", "items", "users"])
def test_the_template_imports_each_file_from_the_place_that_its_head_names(sides, name):
    text = template(sides.runner().plan(request("shop-e")))
    assert "# Before this stack: copy interactions.csv, items.csv, users.csv to s3://BUCKET/shop-e/." in text
    dataset = yaml.safe_load(text)["Resources"][f"Dataset{name.capitalize()}"]["Properties"]
    assert dataset["DatasetImportJob"]["DataSource"]["DataLocation"] == {
        "Fn::Sub": f"s3://${{Bucket}}/shop-e/{name}.csv"
    }
    assert dataset["SchemaArn"] == {"Fn::GetAtt": [f"Schema{name.capitalize()}", "SchemaArn"]}
