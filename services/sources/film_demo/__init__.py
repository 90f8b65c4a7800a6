"""The bundled demo: real film facts, simulated viewers, one year of evenings. SCREENS.md 1.6 is its contract."""

from services.sources.film_demo.generator import DEMO_SEED, DemoData, generate
from services.sources.film_demo.viewers import PERSONAS, Persona

__all__ = ["DEMO_SEED", "PERSONAS", "DemoData", "Persona", "generate"]
