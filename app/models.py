"""Every table of the program, gathered for migrations, exports and checks that walk them all."""

from sqlmodel import SQLModel

from app.audit import models as audit
from app.debriefs import models as debriefs
from app.identity import models as identity
from app.importing import models as importing
from app.patterns import models as patterns
from app.patterns.context import models as context
from app.patterns.notes import models as notes
from app.patterns.views import models as views
from app.reflections.desk import models as reflections
from app.reviews import models as reviews
from app.system_maps import models as system_maps
from app.systemic_factors import models as systemic_factors
from app.writing import models as writing

MODULES = (
    identity, audit, writing, systemic_factors, reviews, debriefs, system_maps, importing, patterns, context, views,
    notes, reflections,
)  # fmt: skip
metadata = SQLModel.metadata
