"""Who answers: the embedded engine, or which account of AWS, as whom and where."""

from dataclasses import dataclass

from services.backend import Backend
from services.errors import ServiceError, service_errors


@dataclass(frozen=True)
class Where:
    """Who answers; nothing in it is secret."""

    is_aws: bool
    account: str
    """Twelve digits; "" where AWS could not be asked."""
    identity: str
    """The ARN of the user or role that signs; "" where AWS could not be asked."""
    region: str
    bucket: str
    role_arn: str
    problem: str = ""
    """Why AWS could not be asked."""

    @property
    def name(self) -> str:
        """The identity without its ARN: "user/ann"."""
        return self.identity.rpartition(":")[2]


def whereabouts(backend: Backend) -> Where:
    """Return who answers. It makes one call to AWS and none to the embedded engine."""
    account = identity = problem = ""
    if backend.client is not None:
        try:
            with service_errors():
                caller = backend.client("sts").get_caller_identity()
            account, identity = caller["Account"], caller["Arn"]
        except ServiceError as error:
            problem = str(error)
    return Where(
        is_aws=backend.kind == "aws",
        account=account,
        identity=identity,
        region=backend.region,
        bucket=backend.bucket,
        role_arn=backend.role_arn,
        problem=problem,
    )
