"""Places: what conversations may ask about units."""

from handlers.feature import Feature
from handlers.places.queries import QUERIES

FEATURE = Feature(name="places", queries=QUERIES)
