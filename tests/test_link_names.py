"""Reading names as people write them: what is the name, who is the author, and what is no name at all."""

import pytest
from wildgraph.graph.link.author import agreement, authors
from wildgraph.graph.link.name import read_name
from wildgraph.graph.link.stem import stem


@pytest.mark.parametrize(
    ("text", "canonical", "authorship"),
    [
        ("Panthera pardus", "Panthera pardus", ""),
        ("Panthera pardus (Linnaeus, 1758)", "Panthera pardus", "(Linnaeus, 1758)"),
        ("Panthera pardus orientalis (Schlegel, 1857)", "Panthera pardus orientalis", "(Schlegel, 1857)"),
        ("Panthera_pardus_orientalis", "Panthera pardus orientalis", ""),
        ("  Panthera   pardus ", "Panthera pardus", ""),
        ("PANTHERA PARDUS", "Panthera pardus", ""),
        ("PANTHERA PARDUS (LINNAEUS, 1758)", "Panthera pardus", "(Linnaeus, 1758)"),
        ("panthera pardus", "Panthera pardus", ""),
        ("Felis (Panthera) pardus L.", "Felis pardus", "L."),
        ("Abies alba var. alpina Mill.", "Abies alba alpina", "Mill."),
        ("Abies alba v. alpina", "Abies alba alpina", ""),
        ("Abies alba ssp. alpina", "Abies alba alpina", ""),
        ("Abies alba f. alpina", "Abies alba alpina", ""),
        ("Abies alba Mill. subsp. alba", "Abies alba alba", ""),
        ("Acer pIatanoides", "Acer platanoides", ""),
        ("Caltha pa1ustris L.", "Caltha palustris", "L."),
        ("Nymphaea 0dorata", "Nymphaea odorata", ""),
        ("<i>Poa annua</i> L.", "Poa annua", "L."),
        ("Poa annua L. (introduced)", "Poa annua", "L."),
        ("Poa annua - juvenile", "Poa annua", ""),
        ("Poa annua [det. 1987]", "Poa annua", ""),
        ("Balæna mysticetus", "Balæna mysticetus", ""),
        ("Phyllitis scolopendrium Á. Löve", "Phyllitis scolopendrium", "Á. Löve"),
    ],
)
def test_a_name_is_read_however_it_is_written(text: str, canonical: str, authorship: str) -> None:
    name = read_name(text)
    assert (name.canonical, name.authorship, name.phrase) == (canonical, authorship, False)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "unknown",
        "Unidentified",
        "sp. nov.",
        "indet.",
        "incertae sedis",
        "not identified",
        "n/a",
        "???",
        "1234",
    ],
)
def test_what_is_no_name_is_said_to_be_none(text: str) -> None:
    name = read_name(text)
    assert name.canonical == ""
    assert name.why


@pytest.mark.parametrize(
    ("text", "anchor"),
    [
        ("Panthera sp.", "Panthera"),
        ("Panthera spp.", "Panthera"),
        ("Panthera sp. 1", "Panthera"),
        ("Panthera cf. pardus", "Panthera"),
        ("Panthera aff. pardus", "Panthera"),
        ("Panthera pardus cf. orientalis", "Panthera pardus"),
        ("Panthera pardus ssp.", "Panthera pardus"),
        ("Poa annua?", "Poa"),
        ("Poa annua/pratensis", "Poa"),
        ("Salix alba × fragilis", "Salix"),
        ("Rosa 'Peace'", "Rosa"),
        ("Escherichia coli str. K12", "Escherichia coli"),
        ("Hieracium sect. Vulgata", "Hieracium"),
        ("Tobacco mosaic virus", ""),
        ("BOLD:AAA1234", ""),
        ("SH1957732.10FU", ""),
    ],
)
def test_what_matches_as_a_whole_or_not_at_all_hangs_on_what_is_above_it(text: str, anchor: str) -> None:
    name = read_name(text)
    assert (name.phrase, name.anchor) == (True, anchor)
    assert name.why


def test_a_hybrid_is_marked_and_read_without_its_sign() -> None:
    for text in ("Quercus × hispanica", "Quercus x hispanica", "Quercus ×hispanica"):
        name = read_name(text)
        assert (name.canonical, name.hybrid, name.phrase) == ("Quercus hispanica", True, False)


def test_the_sense_of_a_name_is_kept() -> None:
    assert read_name("Panthera pardus s.l.").sense == "wide"
    assert read_name("Panthera pardus sensu lato").sense == "wide"
    assert read_name("Agrostis stolonifera agg.").sense == "wide"
    assert read_name("Agrostis stolonifera aggr.").sense == "wide"
    assert read_name("Panthera pardus s.str.").sense == ""
    assert read_name("Abies alba auct. non Mill.").sense == "misapplied"
    assert read_name("Abies alba", authorship="auct. non Mill.").sense == "misapplied"


def test_initials_wait_to_be_completed() -> None:
    assert (read_name("P. pardus").canonical, read_name("P. pardus").initials) == ("P pardus", True)
    assert read_name("P. p. amurensis").canonical == "P p amurensis"
    assert read_name("P. pardus subsp. orientalis").canonical == "P pardus orientalis"


def test_an_authorship_given_apart_wins() -> None:
    assert read_name("Poa annua L.", authorship="Linnaeus, 1753").authorship == "Linnaeus, 1753"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Acer nigrum", "Acer nigra"),
        ("Acer niger", "Acer nigra"),
        ("Poa gracilis", "Poa gracile"),
        ("Juncus smithii", "Juncus smithi"),
        ("Aster caeruleus", "Aster coerulea"),
        ("Rubus sylvaticus", "Rubus silvatica"),
        ("Carex phyllophila", "Carex fillofila"),
        ("Acer pseudo-platanus", "Acer pseudoplatanus"),
        ("Lepidium glaucum", "Lepidium glaucurn"),
        ("Balæna mysticetus", "Balaena mysticetus"),
        ("Thymus kochii", "Timus cochi"),
    ],
)
def test_spellings_of_one_name_have_one_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Brunella", "Brunellia"),
        ("Brunella vulgaris", "Prunella vulgaris"),
        ("Juncus smithii", "Juncus smithae"),
        ("Poa alba", "Poa albi"),
        ("Poa minor", "Poa major"),
    ],
)
def test_different_names_have_different_stems(one: str, other: str) -> None:
    assert stem(one) != stem(other)


@pytest.mark.parametrize(
    ("one", "other", "mark"),
    [
        ("(Linnaeus, 1758)", "Linnaeus, 1758", 2),
        ("L.", "Linnaeus", 2),
        ("Michx.", "Michaux", 2),
        ("(Marsh)", "Marshall", 2),
        ("Muenchh.", "Münchhausen", 2),
        ("Nutt.", "Nuttall nom. cons.", 2),
        ("Rchb.", "Reichenbach", 2),
        ("DC.", "de Candolle", 2),
        ("Mill.", "P. Miller", 2),
        ("(L.) Mill.", "Mill.", 1),
        ("Schlegel, 1857", "Schlegel, 1858", 2),
        ("Schlegel, 1857", "Schlegel, 1901", 0),
        ("Schlegel", "", 0),
        ("", "", 0),
        ("Mill.", "Du Roi", -1),
        ("Gray, 1843", "Linnaeus, 1758", -1),
    ],
)
def test_authorships_agree_differ_or_say_nothing(one: str, other: str, mark: int) -> None:
    assert agreement(one, other) == mark
    assert agreement(other, one) == mark


def test_surnames_are_taken_out_of_an_authorship() -> None:
    assert authors("(L.) DC. ex A.Gray, 1843").names == ("linnaeus", "candolle", "gray")
    assert authors("Hook.f. & Thomson").names == ("hook.", "thomson")
    assert authors("").names == ()
