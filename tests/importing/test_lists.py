"""The words files use, against the lists of values that screens offer."""

import pytest

from app.importing.values import LISTS
from app.reviews.values import VALUES

NAMES = {
    "incident_type": "incident_type",
    "service_area": "service_area",
    "maltreatment_type": "maltreatment_types",
    "age_band": "child_age_band",
}


@pytest.mark.parametrize("field", NAMES)
class TestEveryCode:
    def test_of_an_imported_list_is_offered_on_screen(self, field):
        assert set(LISTS[field]) <= set(VALUES.lists[NAMES[field]])

    def test_offered_on_screen_can_be_imported(self, field):
        left = set(VALUES.lists[NAMES[field]]) - set(LISTS[field])
        assert left <= {"not_collected"}
