from collections import Counter

import pytest

from app.systemic_factors.domains import DOMAINS, domain_name, short_domain_name
from app.systemic_factors.packs import AgencyInterface, Domain, PackRefused, default_pack, read_pack

HEADER = """\
code: juniper
name: Juniper County factors
version: "2"
language: en
license: CC0-1.0
source: Written by the county.
"""
FACTORS = """\
factors:
  - code: teamwork
    name: Teamwork
    domain: team
    definition: Work between units did not line up.
  - code: policy
    name: Policy clarity
    domain: organization_environment
    definition: Rules were in conflict.
"""


def sentences(text: str) -> list[str]:
    with pytest.raises(PackRefused) as refused:
        read_pack(text)
    return refused.value.sentences


class TestThePackThatShips:
    def test_it_has_a_factor_in_every_domain(self) -> None:
        counts = Counter(factor.domain for factor in default_pack().factors)
        assert set(counts) == set(Domain)
        assert min(counts.values()) >= 4

    def test_every_factor_is_explained_from_both_sides(self) -> None:
        factors = default_pack().factors
        assert len(factors) == 29
        for factor in factors:
            assert len(factor.definition) > 60
            assert factor.examples_that_fit, factor.code
            assert factor.examples_that_do_not, factor.code

    def test_names_are_short_and_in_sentence_case(self) -> None:
        for factor in default_pack().factors:
            assert len(factor.name) <= 40
            assert factor.name == factor.name[0].upper() + factor.name[1:].lower()

    def test_every_heading_of_the_published_list_is_in_the_crosswalk(self) -> None:
        headings = {factor.crosswalk.get("nh_oca_2019") for factor in default_pack().factors} - {None}
        assert len(headings) == 10

    def test_what_does_not_fit_points_to_factors_that_exist(self) -> None:
        names = {factor.name.casefold() for factor in default_pack().factors}
        pointers = [
            name.strip()
            for factor in default_pack().factors
            for example in factor.examples_that_do_not
            if example.endswith(").")
            for name in example[example.rindex("(") + 1 : -2].split(", ")
        ]
        assert len(pointers) > 40
        assert set(pointers) <= names


class TestReadingAPack:
    def test_a_small_pack_is_read(self) -> None:
        pack = read_pack(HEADER + FACTORS)
        assert [factor.code for factor in pack.factors] == ["teamwork", "policy"]
        assert pack.factors[0].agency_interface is AgencyInterface.INTERNAL

    def test_a_factor_is_found_by_its_code(self) -> None:
        pack = read_pack(HEADER + FACTORS)
        policy = pack.factor("policy")
        assert policy is not None
        assert policy.name == "Policy clarity"
        assert pack.factor("other") is None

    def test_a_repeated_code_is_refused_with_both_lines(self) -> None:
        assert sentences(HEADER + FACTORS.replace("code: policy", "code: teamwork")) == [
            "Line 12, factor teamwork: the code teamwork is used twice, first at Line 8, factor teamwork."
        ]

    def test_a_repeated_name_is_refused(self) -> None:
        assert sentences(HEADER + FACTORS.replace("Policy clarity", "TEAMWORK")) == [
            "Line 12, factor policy: the name “TEAMWORK” is used twice, first at Line 8, factor teamwork."
        ]

    def test_an_unknown_domain_is_refused_with_the_choices(self) -> None:
        (sentence,) = sentences(HEADER + FACTORS.replace("domain: team\n", "domain: teams\n"))
        assert sentence.startswith("Line 8, factor teamwork: domain is “teams”; choose 'family_community'")

    def test_an_empty_definition_is_refused(self) -> None:
        assert sentences(HEADER + FACTORS.replace("Rules were in conflict.", '"  "')) == [
            "Line 12, factor policy: definition is empty; write it in a few words."
        ]

    def test_a_missing_license_is_refused(self) -> None:
        assert sentences(HEADER.replace("license: CC0-1.0\n", "") + FACTORS) == ["The header: add license."]

    def test_a_misspelled_field_is_refused(self) -> None:
        found = sentences(HEADER + FACTORS.replace("definition:", "definitions:"))
        assert "definitions is not a field of a pack" in found[1]

    def test_a_long_name_is_refused(self) -> None:
        assert sentences(HEADER + FACTORS.replace("Policy clarity", "P" * 41)) == [
            "Line 12, factor policy: name is longer than 40 characters; shorten it."
        ]

    def test_a_name_that_is_a_fault_is_refused(self) -> None:
        assert sentences(HEADER + FACTORS.replace("name: Teamwork", "name: Failure to communicate")) == [
            "Line 8, factor teamwork: “Failure to communicate” holds the word “failure”; "
            "name the condition of the work, not a fault or a person."
        ]

    def test_a_code_with_spaces_is_refused(self) -> None:
        assert sentences(HEADER + FACTORS.replace("code: policy", "code: Policy clarity")) == [
            "Line 12, factor Policy clarity: code is “Policy clarity”; "
            "use lower-case letters, digits and _, starting with a letter."
        ]

    def test_a_version_that_is_a_number_is_to_be_quoted(self) -> None:
        assert sentences(HEADER.replace('"2"', "2") + FACTORS) == ["The header: version is not text; put it in quotes."]

    def test_a_crosswalk_to_an_unnamed_list_is_refused(self) -> None:
        assert sentences(HEADER + FACTORS + "    crosswalk: {ssit: Policies}\n") == [
            "Line 12, factor policy: the crosswalk names the list ssit; add ssit to crosswalks at the top."
        ]

    def test_several_reasons_come_together(self) -> None:
        twice_bad = FACTORS.replace("domain: team\n", "domain: x\n").replace("Rules were in conflict.", "''")
        assert len(sentences(HEADER + twice_bad)) == 2

    @pytest.mark.parametrize("text", ["", "42", "- a\n- b", "just words"])
    def test_a_text_that_is_no_pack_is_refused(self, text: str) -> None:
        assert sentences(text)[0].startswith("The file is not a taxonomy pack.")

    def test_an_empty_list_of_factors_is_refused(self) -> None:
        assert sentences(HEADER + "factors: []\n") == ["The header: factors is empty; list at least one."]

    def test_a_factor_that_is_a_word_is_refused(self) -> None:
        assert sentences(HEADER + "factors: [teamwork]\n") == [
            "Line 7, factor 1: write code, name, domain and definition under each factor."
        ]

    def test_yaml_that_cannot_be_read_names_its_line(self) -> None:
        assert sentences(HEADER + "factors: [\n")[0].startswith("Line 8: the YAML cannot be read")

    def test_a_control_character_is_refused(self) -> None:
        assert "cannot be read" in sentences(HEADER + "factors: \x00\n")[0]

    def test_a_key_written_twice_is_refused(self) -> None:
        assert sentences(HEADER + "name: Again\n" + FACTORS) == ["Line 7: name is written twice. Keep one of them."]

    def test_aliases_are_refused(self) -> None:
        assert "aliases" in sentences(HEADER + "factors: &f [*f]\n")[0]

    def test_a_deeply_nested_text_is_refused(self) -> None:
        assert sentences("[" * 2_000) != []

    def test_a_very_long_text_is_refused_before_it_is_read(self) -> None:
        assert "characters" in sentences("a" * 1_000_001)[0]


class TestTheNamesOfDomains:
    def test_are_there_for_every_domain_of_a_list(self):
        assert list(DOMAINS) == [domain.value for domain in Domain]
        assert domain_name("organization_environment") == "Organization and environment"
        assert short_domain_name("organization_environment") == "Organization"

    def test_of_an_imported_list_are_its_own_words(self):
        assert domain_name("night_shift") == short_domain_name("night_shift") == "Night shift"
