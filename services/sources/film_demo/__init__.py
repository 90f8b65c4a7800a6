"""The bundled demo: real film facts, simulated viewers, one year of evenings."""

from services.sources.film_demo.generator import DEMO_SEED, DemoData, generate
from services.sources.film_demo.viewers import PERSONAS, Persona

__all__ = ["DEMO_SEED", "PERSONAS", "DemoData", "Persona", "generate"]
