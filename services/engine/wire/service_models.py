"""botocore's service models of the three services: the only list of operations, shapes, limits, enums and errors.

Operations are identified as in AWS's wire format: JSON 1.1 by its X-Amz-Target header, REST-JSON by method and path.
All members of the three services are in the body, which a test checks.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from botocore.loaders import Loader
from botocore.model import ServiceModel

SERVICES = ("personalize", "personalize-runtime", "personalize-events")


@cache
def model_loader() -> Any:
    """Return the loader of botocore's models, which caches them."""
    return Loader()


@cache
def service_model(service: str) -> Any:
    """Return botocore's ServiceModel of one of SERVICES."""
    # Only the loader, because a botocore session would read the user's AWS profile, which may be invalid.
    return ServiceModel(model_loader().load_service_model(service, "service-2"), service)


@cache
def operation_model(service: str, operation: str) -> Any:
    """Return botocore's OperationModel, for example of ("personalize", "CreateCampaign")."""
    return service_model(service).operation_model(operation)


@cache
def targets() -> Mapping[str, tuple[str, str]]:
    """Return (service, operation) by X-Amz-Target, for example "AmazonPersonalize.CreateCampaign"."""
    operations = {}
    for service in SERVICES:
        model = service_model(service)
        if model.metadata["protocol"] == "json":
            for operation in model.operation_names:
                operations[f"{model.metadata['targetPrefix']}.{operation}"] = (service, operation)
    return operations


@cache
def routes() -> Mapping[tuple[str, str], tuple[str, str]]:
    """Return (service, operation) by method and path, for example ("POST", "/recommendations")."""
    operations = {}
    for service in SERVICES:
        model = service_model(service)
        if model.metadata["protocol"] == "rest-json":
            for operation in model.operation_names:
                http = model.operation_model(operation).http
                operations[http["method"], http["requestUri"]] = (service, operation)
    return operations


@cache
def error_status(service: str, code: str) -> int:
    """Return the HTTP status of an error code; 400 if the model has none."""
    for shape in service_model(service).error_shapes:
        if shape.name == code:
            return int(shape.metadata.get("error", {}).get("httpStatusCode", 400))
    return 400
