"""What was said in debriefs is found by no search: a role and two words would find who said it."""

from app.debriefs.models import ParkedIdea
from tests.conftest import words
from tests.factories import a_debrief, a_note, a_review, kept

SAID = "Heron Lake: the two offices use different folders."


def test_the_search_inside_reviews_does_not_find_notes_or_ideas(session, cast, browse):
    review = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator)
    debrief = a_debrief(session, review)
    a_note(session, debrief, text=SAID)
    kept(session, ParkedIdea(session_id=debrief.id, text=SAID))
    session.commit()
    for reader in (cast.facilitator, cast.risk_manager):
        client = browse(reader)
        told = words(client.get("/reviews/search?words=heron").text)
        assert review.title not in told
        assert "0 reviews that you may read match." in told
        assert "What was said in debriefs is not searched" in told
        assert SAID in words(client.get(f"/reviews/{review.code}/debriefs/{debrief.code}").text)


def test_the_search_finds_what_the_review_learned_from_them(session, cast, browse):
    review = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator, summary=SAID)
    session.commit()
    assert review.title in words(browse(cast.risk_manager).get("/reviews/search?words=heron").text)
