import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError

from services.errors import (
    DataError,
    NameTakenError,
    ServiceError,
    TrainingError,
    plain_errors,
    service_errors,
    to_service_error,
)


def client_error(code, message):
    return ClientError({"Error": {"Code": code, "Message": message}}, "DescribeCampaign")


def test_the_services_sentence_comes_first_and_then_what_to_do():
    error = to_service_error(client_error("ResourceNotFoundException", "The given campaign does not exist: arn:c"))
    assert str(error) == (
        "The given campaign does not exist: arn:c. It may have been deleted in another window; reload the page."
    )
    assert (error.code, error.operation) == ("ResourceNotFoundException", "DescribeCampaign")


def test_what_aws_has_said_of_a_quota_is_not_said_twice():
    said = "More than 5 dataset groups. Please delete some and try again."
    assert str(to_service_error(client_error("LimitExceededException", said))) == said


def test_invalid_input_says_it_all_itself():
    assert str(to_service_error(client_error("InvalidInputException", "numResults is 501."))) == "numResults is 501."


def test_no_answer_and_no_credentials_have_words():
    assert to_service_error(EndpointConnectionError(endpoint_url="http://127.0.0.1:1")).code == "Connection"
    assert "aws configure" in str(to_service_error(NoCredentialsError()))


def test_the_block_translates_calls_and_nothing_else():
    with pytest.raises(ServiceError, match="Delete what you no longer need"), service_errors():
        raise client_error("LimitExceededException", "Too many.")
    with pytest.raises(KeyError), service_errors():
        raise KeyError("a mistake of ours")


def test_a_block_can_have_one_kind_of_error():
    with pytest.raises(TrainingError, match="Delete what you no longer need"), plain_errors(TrainingError):
        raise client_error("LimitExceededException", "Too many.")
    with pytest.raises(TrainingError, match=r"^Deleting has not ended\.$") as caught, plain_errors(TrainingError):
        raise DataError("Deleting has not ended.")
    assert isinstance(caught.value.__cause__, DataError)
    with pytest.raises(NameTakenError), plain_errors(TrainingError):
        raise NameTakenError("Choose another name.")
    with pytest.raises(KeyError), plain_errors(TrainingError):
        raise KeyError("a mistake of ours")
