"""What the client lets through and the engine must refuse, through boto3; as raw bodies what no client sends."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.engine.errors import InvalidInput
from services.engine.wire.patterns import compiled
from services.engine.wire.service_models import SERVICES, operation_model, service_model
from services.engine.wire.validation import validate
from tests.engine.helpers import PREFIX, refused

DETECTED = "1 validation error detected: "


def raw(engine, operation, request, service="personalize"):
    """Send a body that a genuine client would not; return the status and the parsed answer."""
    body = request if isinstance(request, bytes) else json.dumps(request).encode()
    if service == "personalize":
        answer = engine.dispatcher.answer("POST", "/", f"AmazonPersonalize.{operation}", body)
    else:
        path = operation_model(service, operation).http["requestUri"]
        answer = engine.dispatcher.answer("POST", path, None, body)
    return answer.status, json.loads(answer.body or b"{}")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("x" * 64, f"Value '{'x' * 64}' at 'name' failed to satisfy constraint: Member must have length less than or "),
        (
            "bad name!",
            "Value 'bad name!' at 'name' failed to satisfy constraint: Member must satisfy regular expression",
        ),
        ("-x", "Member must satisfy regular expression pattern: ^[a-zA-Z0-9][a-zA-Z0-9\\-_]*"),
        ("x\n", "Member must satisfy regular expression pattern"),
    ],
)
def test_names_are_checked_as_aws_does(personalize, name, words):
    with refused("InvalidInputException", words):
        personalize.create_dataset_group(name=name)
    personalize.create_dataset_group(name="x" * 63)


def test_an_event_sent_in_milliseconds_is_refused_with_the_remedy(engine, personalize, films):
    """What browsers give: Date.now(). boto3 sends seconds."""
    tracker = personalize.create_event_tracker(name="t", datasetGroupArn=films.group)["trackingId"]
    event = {"sentAt": 1_700_000_000_000, "eventType": "watch", "itemId": "i1"}
    request = {"trackingId": tracker, "userId": "u1", "sessionId": "s", "eventList": [event]}
    status, answer = raw(engine, "PutEvents", request, service="personalize-events")
    assert status == 400
    assert "sentAt" in answer["message"]
    assert "looks like milliseconds; epoch seconds are needed" in answer["message"]


def test_enums_are_checked(personalize):
    with refused("InvalidInputException", "Member must satisfy enum value set: [ECOMMERCE, VIDEO_ON_DEMAND]"):
        personalize.create_dataset_group(name="g", domain="BOGUS")


def test_nested_members_are_named_by_their_path(personalize, films):
    ranges = {"integerHyperParameterRanges": [{"name": "bptt"}, {"name": "x" * 257}]}
    with refused("InvalidInputException", ".integerHyperParameterRanges.2.member.name'"):
        personalize.create_solution(
            name="s",
            datasetGroupArn=films.group,
            solutionConfig={"hpoConfig": {"algorithmHyperParameterRanges": ranges}},
        )


def test_sizes_of_maps_are_checked(personalize, films):
    parameters = {f"p{i}": "1" for i in range(101)}
    with refused("InvalidInputException", "at 'solutionConfig.algorithmHyperParameters' failed"):
        personalize.create_solution(
            name="s", datasetGroupArn=films.group, solutionConfig={"algorithmHyperParameters": parameters}
        )


def test_all_problems_are_told_at_once(personalize):
    with refused("InvalidInputException", "3 validation errors detected: "):
        personalize.create_dataset_group(name="!", domain="BOGUS", roleArn="nobody")


def test_long_values_are_shortened(engine):
    _, answer = raw(engine, "CreateSchema", {"name": "s", "schema": "x" * 20_001})
    assert len(answer["message"]) < 300
    assert "less than or equal to 20000" in answer["message"]


def test_sensitive_values_are_not_repeated(engine):
    request = {"resourceArn": f"{PREFIX}:schema/s", "tags": [{"tagKey": "se;cret", "tagValue": "hush;hush"}]}
    _, answer = raw(engine, "TagResource", request)
    assert answer["__type"] == "InvalidInputException"
    assert "se;cret" not in answer["message"]
    assert "hush" not in answer["message"]
    assert "Value at 'tags.1.member.tagKey'" in answer["message"]


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({}, DETECTED + "Value null at 'name' failed to satisfy constraint: Member must not be null"),
        ({"name": None}, "Value null at 'name'"),
        ({"name": 1}, "Value '1' at 'name' failed to satisfy constraint: Member must be a string"),
        ({"name": ["g"]}, "Member must be a string"),
        ({"name": "g", "tags": {}}, "Member must be a list"),
        ({"name": "g", "tags": ["x"]}, "Member must be a structure"),
        ({"name": "\ud800"}, "Member must be valid Unicode"),
        ({"name": "g", "tags": [{"tagKey": "a", "tagValue": "\udfff"}]}, "tags.1.member.tagValue"),
    ],
)
def test_types_are_checked_for_bare_clients(engine, request_, words):
    status, answer = raw(engine, "CreateDatasetGroup", request_)
    assert status == 400
    assert answer["__type"] == "InvalidInputException"
    assert words in answer["message"]


@pytest.mark.parametrize("number", [True, "1", 1.5, 2**31, 10**40, -1, [], {}])
def test_whole_numbers_are_checked(engine, number):
    status, answer = raw(engine, "ListSchemas", {"maxResults": number})
    assert (status, answer["__type"]) == (400, "ValidationException")  # ListSchemas declares no InvalidInputException


def test_numbers_without_a_fraction_are_whole(engine):
    assert raw(engine, "ListSchemas", {"maxResults": 2.0})[0] == 200


def test_unknown_members_are_ignored_and_nulls_are_absent(engine):
    status, _ = raw(engine, "CreateDatasetGroup", {"name": "g", "future": 1, "domain": None})
    assert status == 200


def test_times_are_epoch_seconds():
    shape = operation_model("personalize-events", "PutEvents").input_shape
    event = {"eventType": "watch", "sentAt": 1.5}
    request = {"trackingId": "t", "sessionId": "s", "eventList": [event]}
    assert validate(shape, request) == request
    event["sentAt"] = "yesterday"
    with pytest.raises(InvalidInput, match=r"eventList\.1\.member\.sentAt"):
        validate(shape, request)


def test_every_pattern_of_the_models_can_be_used():
    for service in SERVICES:
        model = service_model(service)
        for name in model.shape_names:
            pattern = model.shape_for(name).metadata.get("pattern")
            if pattern is not None:
                compiled(pattern)


@pytest.mark.parametrize(
    ("value", "fits"),
    [("größe 1", True), ("日本", True), ("a_b.c:d/e=f+g-h@i", True), ("\u2003", True), ("a;b", False)],
)
def test_unicode_classes_mean_what_they_mean_in_java(value, fits):
    pattern = service_model("personalize").shape_for("TagKey").metadata["pattern"]
    assert bool(compiled(pattern).fullmatch(value)) is fits


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=300),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
OPERATIONS = [(service, name) for service in SERVICES for name in service_model(service).operation_names]


def likely(shape, depth=0):
    """Return values that look like a shape's, and some that do not."""
    kind = shape.type_name
    if kind == "structure" and depth < 5:
        members = {name: likely(member, depth + 1) for name, member in shape.members.items()}
        required = {name: members[name] for name in shape.required_members}
        optional = {name: value for name, value in members.items() if name not in required}
        good = st.fixed_dictionaries(required, optional=optional)
    elif kind == "list" and depth < 5:
        good = st.lists(likely(shape.member, depth + 1), max_size=3)
    elif kind == "map":
        good = st.dictionaries(st.text(max_size=5), likely(shape.value, depth + 1), max_size=3)
    elif kind == "string":
        arns = st.sampled_from([f"{PREFIX}:dataset-group/films", f"{PREFIX}:solution/x/$LATEST", "s3://local/a", "1"])
        good = st.sampled_from(shape.metadata.get("enum") or ["x"]) | arns | st.text(max_size=70)
    elif kind == "boolean":
        good = st.booleans()
    else:
        good = st.integers(-2, 200) | st.floats()
    return st.integers(0, 15).flatmap(lambda roll: JSON if roll == 0 else good)


@given(st.sampled_from(OPERATIONS).flatmap(lambda o: st.tuples(st.just(o), likely(operation_model(*o).input_shape))))
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_request_whatever_gets_more_than_a_modelled_error(engine, films, sent):
    (service, operation), request = sent
    body = json.dumps(request).encode("utf-8", "surrogatepass")
    status, answer = raw(engine, operation, body, service)
    assert status in (200, 400, 404), answer
    if status != 200:
        assert answer["__type"] not in ("InternalFailure", "ServiceUnavailable"), answer
        assert answer["message"]
