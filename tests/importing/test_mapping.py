import pytest

from app.importing.mapping import MappingRefused, pack_of, read_mapping, with_new_words
from app.systemic_factors.packs import default_pack

SMALL = """\
name: County reports
id: {column: Report ID}
occurred_on: {column: Event Start Date, format: MM/DD/YYYY}
incident_type: {column: Incident Type, separator: ;, values: {Training: other}}
factors:
  - column: Human Factors
    values: {Fatigue: stress_and_fatigue}
"""
OWN_LIST = """\
factors: [{column: Human Factors, domain: professional}, {column: Other Factors}]
unknown_values: make
taxonomy: {use: from_file, name: County factors}
"""


def sentences(text: str) -> list[str]:
    with pytest.raises(MappingRefused) as refused:
        read_mapping(text)
    return refused.value.sentences


class TestReadingAMapping:
    def test_yaml_goes_out_as_it_came_in(self) -> None:
        mapping = read_mapping(SMALL)
        assert read_mapping(mapping.to_yaml()) == mapping

    def test_what_is_at_its_default_is_not_written(self) -> None:
        assert "taxonomy" not in read_mapping(SMALL).to_yaml()

    def test_it_knows_the_columns_it_reads(self) -> None:
        assert read_mapping(SMALL).columns() == {
            "Report ID": "id",
            "Event Start Date": "occurred_on",
            "Incident Type": "incident_type",
            "Human Factors": "factors",
        }

    @pytest.mark.parametrize(
        ("changed", "sentence"),
        [
            (SMALL + "colour: x\n", "colour is not part of a mapping. Take it out, or correct its spelling."),
            (SMALL.replace("{column: Report ID}", "{}"), "id.column is missing. Add it."),
            (
                SMALL.replace("MM/DD/YYYY", "YY/MM/DD"),
                "occurred_on.format is “YY/MM/DD”. "
                "Choose 'auto', 'MM/DD/YYYY', 'DD/MM/YYYY', 'YYYY-MM-DD' or 'Excel number'.",
            ),
            (
                SMALL + "unknown_values: make\n",
                "Unknown_values: the default list does not grow; use ask or ignore, or taxonomy from_file.",
            ),
            (SMALL + "taxonomy: {use: from_file}\n", "Taxonomy: give the list made from the file a name."),
            (
                SMALL.replace("values: {Fatigue: stress_and_fatigue}", "kind: yes_no"),
                "“Human Factors”: a list has values, a yes_no has a factor.",
            ),
            (SMALL.replace("name: County reports", "name: 7"), "name is not text. Put it in quotes."),
        ],
    )
    def test_what_is_to_change_is_said(self, changed: str, sentence: str) -> None:
        assert sentences(changed) == [sentence]

    def test_a_value_that_no_list_has_is_refused_with_the_choices(self) -> None:
        (sentence,) = sentences(SMALL.replace("Training: other", "Training: drill"))
        assert sentence.startswith("Incident_type: there is no value “drill”; choose one of fatality_maltreatment")

    @pytest.mark.parametrize("text", ["", "- a", "just words"])
    def test_a_text_that_is_no_mapping_is_refused(self, text: str) -> None:
        assert sentences(text) == ["This is not a mapping. It names fields and the columns that feed them."]

    @pytest.mark.parametrize("text", ["id: [", "id: \x00", "[" * 2_000, "a: &a [*a]", "x" * 100_001])
    def test_a_text_that_cannot_be_read_is_refused(self, text: str) -> None:
        assert len(sentences(text)) == 1


class TestTheListOfFactors:
    def test_the_default_list_is_the_one_that_ships(self) -> None:
        assert pack_of(read_mapping(SMALL), default_pack()) is default_pack()

    def test_new_words_become_factors_of_the_column_they_stand_in(self) -> None:
        mapping = with_new_words(read_mapping(OWN_LIST), {"Human Factors": ["Fatigue"], "Other Factors": ["Weather"]})
        pack = pack_of(mapping, default_pack())
        assert [(factor.code, factor.name, factor.domain.value) for factor in pack.factors] == [
            ("fatigue", "Fatigue", "professional"),
            ("weather", "Weather", "organization_environment"),
        ]
        assert pack.code == "county_factors"
        assert mapping.factors[0].asks_about == ["fatigue"]

    def test_one_word_in_two_columns_becomes_two_factors(self) -> None:
        words = {"Human Factors": ["Other"], "Other Factors": ["Other"]}
        pack = pack_of(with_new_words(read_mapping(OWN_LIST), words), default_pack())
        assert [(factor.code, factor.name) for factor in pack.factors] == [
            ("other", "Other"),
            ("other_2", "Other (Other Factors)"),
        ]

    def test_a_long_word_is_cut_in_the_name_and_kept_in_the_definition(self) -> None:
        word = "A very long heading that somebody once wrote into a form"
        (factor,) = pack_of(with_new_words(read_mapping(OWN_LIST), {"Human Factors": [word]}), default_pack()).factors
        assert len(factor.name) == 40
        assert word in factor.definition

    def test_a_word_that_is_a_fault_is_to_be_renamed_in_the_mapping(self) -> None:
        mapping = with_new_words(read_mapping(OWN_LIST), {"Human Factors": ["Human error"]})
        with pytest.raises(MappingRefused, match="name the condition of the work"):
            pack_of(mapping, default_pack())
