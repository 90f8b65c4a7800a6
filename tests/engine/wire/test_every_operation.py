"""All 79 operations over HTTP, with generated requests: answers parse by the model, failures are modelled."""

from benchmarks.operations import measure
from services.engine.api.operations import HANDLERS
from services.engine.wire.service_models import SERVICES, service_model


def test_every_operation_has_a_handler():
    modelled = {(service, name) for service in SERVICES for name in service_model(service).operation_names}
    assert set(HANDLERS) == modelled
    assert len(modelled) == 79


def test_generated_requests_to_every_operation_get_modelled_answers(tmp_path):
    counts = measure(tmp_path / "home", calls=3, seed=17, ranks=False)
    assert len(counts) == 79
    assert all(one.calls >= 3 for one in counts.values())
    assert {operation: one.faults for operation, one in counts.items() if one.faults} == {}
    assert sum(one.answered for one in counts.values()) > 40, "they do not only fail"
