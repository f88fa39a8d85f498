"""The world of the demo: four people on Telegram and one on Zalo, a paced bot, bounded memory."""

from datetime import UTC, datetime, timedelta

from sandbox.clock import Clock
from sandbox.people import Person
from sandbox.world import World

KEEP = 2000
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
TENTH = timedelta(seconds=0.1)
PEOPLE = (
    ("Bác Hoa", "người dân"),
    ("Anh Huy", "người dân"),
    ("Cô Lan", "trưởng khu phố"),
    ("Anh Nam", "cán bộ phường"),
)
ON_ZALO = "Chị Sáu"


def demo_world(clock: Clock, token: str, address: str) -> World:
    """Return a world with the demo's people, to be served at this address.

    Its update numbers go on rising from one start to the next, be it in the same second.
    """
    world = World(clock, keep=KEEP)
    world.address = address
    world.add_bot(token).updates.next_id = (clock.now() - BEGINNING) // TENTH
    add_people(world)
    world.zalo_bot.add_person(ON_ZALO, role="người dân")
    return world


def add_people(world: World) -> list[Person]:
    """Give the world the people of the demo, each with a phone."""
    return [world.add_person(name, role=role) for name, role in PEOPLE]
