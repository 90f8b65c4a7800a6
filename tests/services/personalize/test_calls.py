import ast

import boto3
from botocore.stub import Stubber

from services.personalize.calls import ApiCall, timed


def runtime_client():
    return boto3.client(
        "personalize-runtime", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
    )


def test_timed_keeps_request_response_and_names_of_the_call() -> None:
    client = runtime_client()
    request = {"campaignArn": "arn:aws:personalize:us-east-1:000000000000:campaign/c", "userId": "7", "numResults": 2}
    with Stubber(client) as stub:
        stub.add_response("get_recommendations", {"itemList": [{"itemId": "a"}]}, request)
        call = timed(client, "get_recommendations", **request)
    assert (call.service, call.operation) == ("personalize-runtime", "GetRecommendations")
    assert call.request == request
    assert call.response == {"itemList": [{"itemId": "a"}]}
    assert call.milliseconds > 0


def test_boto3_copy_is_a_program_with_one_marked_line() -> None:
    call = ApiCall("personalize-runtime", "GetRecommendations", "get_recommendations", {"userId": 'a"b'}, {}, 1.0)
    program = call.as_boto3()
    ast.parse(program)
    assert program.count(">>>") == 1
    assert "client.get_recommendations(\n    userId='a\"b',\n)" in program
    assert 'boto3.client("personalize-runtime", endpoint_url=' in program
