"""What starting the explorer prints."""

from pathlib import Path

from tests.e2e.conftest import serving
from tests.prepared import copied


def test_a_start_and_a_visit_print_the_address_and_nothing_else(films_home: Path, tmp_path: Path, browse) -> None:
    home = copied(films_home, tmp_path / "home")
    with serving(home) as address:
        browse(f"{address}/live-events").close()
        browse(address).close()
    printed = [line.strip() for line in (tmp_path / "server.log").read_text().splitlines() if line.strip()]
    assert printed[0] == "You can now view your Streamlit app in your browser."
    assert printed[1] == f"URL: {address}"
    assert printed[2:] in ([], ["Stopping..."])
