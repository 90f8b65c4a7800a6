"""The faces on Home: eight people to look at first, those with a story, else active people of different tastes."""

from dataclasses import dataclass

from services.library.people import People
from services.library.store import LoadedData
from services.library.tastes import Tastes

N_FACES = 8
N_CANDIDATES = 60
"""Most active users whose tastes are looked at."""
N_TASTES = 2


@dataclass(frozen=True)
class Face:
    """One of them."""

    user_id: str
    name: str
    tastes: tuple[str, ...]
    n_items: int
    """How many items the user has had."""


def faces(data: LoadedData, people: People, tastes: Tastes) -> tuple[Face, ...]:
    """Return up to N_FACES people; after the named ones, each with another first taste if possible."""
    chosen = {persona.user_id: _face(persona.user_id, data, people, tastes) for persona in people.personas[:N_FACES]}
    if len(chosen) < N_FACES:
        others = [_face(user_id, data, people, tastes) for user_id in people.most_active(N_CANDIDATES)]
        seen = {face.tastes[:1] for face in chosen.values()}
        fresh: list[Face] = []
        for face in others:
            if face.tastes and face.tastes[:1] not in seen:
                seen.add(face.tastes[:1])
                fresh.append(face)
        for face in [*fresh, *others]:
            if len(chosen) < N_FACES:
                chosen.setdefault(face.user_id, face)
    return tuple(chosen.values())


def _face(user_id: str, data: LoadedData, people: People, tastes: Tastes) -> Face:
    return Face(
        user_id, people.short(user_id), tastes.top(data.counted_history(user_id), N_TASTES), people.n_items(user_id)
    )
