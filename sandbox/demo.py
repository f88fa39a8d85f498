"""The four people of the demo."""

from sandbox.people import Person
from sandbox.world import World

KEEP = 2000
PEOPLE = (
    ("Bác Hoa", "người dân"),
    ("Anh Huy", "người dân"),
    ("Cô Lan", "trưởng khu phố"),
    ("Anh Nam", "cán bộ phường"),
)


def add_people(world: World) -> list[Person]:
    """Give the world the people of the demo, each with a phone."""
    return [world.add_person(name, role=role) for name, role in PEOPLE]
