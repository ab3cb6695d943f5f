"""What is said before a debrief starts, to whom, and in which version."""

from app.debriefs.consent import Consent, ConsentText, consent
from app.language.rules import remarks_on
from app.reviews.values import VALUES


class TestAudiences:
    def test_every_role_belongs_to_exactly_one(self):
        named = [role for audience in consent().audiences.values() for role in audience.roles]
        assert sorted(named) == sorted(code for code, _words in VALUES.choices("role"))

    def test_families_have_texts_of_their_own(self):
        told = {role: consent().version_for([role]) for role in ("parent_or_guardian", "relative_caregiver", "youth")}
        assert told == {"parent_or_guardian": "parent-1", "relative_caregiver": "caregiver-1", "youth": "youth-1"}
        assert consent().version_for(["parent_partner"]) == "parent-partner-1"

    def test_everyone_present_is_told_theirs(self):
        assert consent().version_for(["youth", "scsw", "ara"]) == "staff-1 youth-1"

    def test_all_of_them_together_fit_their_column(self):
        assert len(consent().version_for(code for code, _words in VALUES.choices("role"))) <= 120


class TestVersions:
    def _with_a_second_text(self) -> Consent:
        made = consent().model_copy(deep=True)
        made.texts.append(ConsentText(key="staff-2", audience="staff", paragraphs=["Newer."]))
        return made

    def test_the_last_text_is_the_one_in_use(self):
        assert self._with_a_second_text().version_for(["scsw"]) == "staff-2"

    def test_a_text_that_was_used_stays_the_one_that_was_used(self):
        made = self._with_a_second_text()
        assert made.version_for(["scsw", "youth"], "staff-1") == "staff-1 youth-1"
        assert [text.key for text in made.texts_of("staff-1")] == ["staff-1"]

    def test_a_version_nobody_knows_has_no_text(self):
        assert consent().texts_of("elsewhere-7") == []


class TestTheTexts:
    def test_each_says_that_it_is_a_choice_and_where_the_promise_ends(self):
        for text in consent().in_use():
            said = " ".join(text.paragraphs)
            assert "choice" in said or "do not have to" in said, text.key
            assert "court" in said or "judge" in said, text.key
            assert "withdraw it" in said or "take it back" in said, text.key
            assert "report" in said or "must tell" in said, text.key

    def test_none_promises_that_nobody_will_see_it(self):
        for text in consent().texts:
            said = " ".join(text.paragraphs).casefold()
            assert "completely confidential" not in said
            assert "anonymous" not in said

    def test_they_speak_without_blame(self):
        for text in consent().texts:
            found = [remark for remark in remarks_on(" ".join(text.paragraphs)) if not remark.kind.identifies]
            assert [remark.words for remark in found if remark.words.casefold() != "blame"] == []
