"""Documents of every format: canonical text, blocks, sentences, and files that are not as they should be."""

import io
import zipfile
from pathlib import Path

import pytest
from wildgraph.extract.documents import Document, read


def document(content: bytes | str, name: str = "page.txt") -> Document:
    return Document(Path(name), content.encode() if isinstance(content, str) else content)


def blocks(content: bytes | str, name: str = "page.txt") -> list[tuple[str, str]]:
    found = document(content, name)
    return [(b.kind, found.text[b.start : b.end]) for b in read(found.converted).blocks]


def docx(body: str) -> bytes:
    namespace = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", f"<w:document {namespace}><w:body>{body}</w:body></w:document>")
    return buffer.getvalue()


def pdf(stream: bytes) -> bytes:
    """Return a PDF of one page whose content stream is given."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    content, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(content))
        content += b"%d 0 obj%sendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(content)
    return (
        content
        + b"xref\n0 6\n0000000000 65535 f \n"
        + table
        + b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % start
    )


def test_plain_text_keeps_its_offsets_but_for_the_mark_and_line_ends() -> None:
    assert document(b"\xef\xbb\xbfOne\r\ntwo\rthree").text == "One\ntwo\nthree"


def test_kinds_of_lines() -> None:
    text = (
        "Home » Animals » Foxes\n\nThreats\n\n- Roads\n- Mange\n\nStatus: Endangered\n\n"
        "Foxes live here.\n\nSubscribe now\n\nFox © A. B."
    )
    assert [kind for kind, _ in blocks(text)] == [
        "navigation", "heading", "list-item", "list-item", "key-value", "paragraph", "boilerplate", "caption",
    ]  # fmt: skip


def test_a_key_on_a_line_of_its_own_takes_the_next_line() -> None:
    assert blocks("POPULATION\n3,900\n\nSTATUS\nEndangered") == [
        ("key-value", "POPULATION\n3,900"),
        ("key-value", "STATUS\nEndangered"),
    ]


def test_sections_come_from_headings_and_references_are_not_read() -> None:
    found = read(document("# Otter\n\n## Threats\n\nNets.\n\n## References\n\nNets are bad.\n", "a.md").converted)
    assert [block.section for block in found.blocks] == ["", "threats", "threats", "references", "references"]
    assert [sentence.text for sentence in found.sentences] == ["Otter", "Threats", "Nets."]


def test_sentences_know_their_place_past_marks_and_abbreviations() -> None:
    page = document("The _Lutra_ otter[3] lives, e.g. in St. Ives. It  is **rare**[a].", "a.md")
    reading = read(page.converted)
    assert [s.text for s in reading.sentences] == ["The Lutra otter lives, e.g. in St. Ives.", "It is rare."]
    rare = reading.sentences[1].text.index("rare")
    start, end = reading.canonical(reading.sentences[1].start + rare, reading.sentences[1].start + rare + 4)
    assert page.text[start:end] == "rare"


def test_html_loses_scripts_menus_and_footnote_marks() -> None:
    page = (
        "<html><head><title>Otter</title></head><body><nav>Home</nav><h1>Otter</h1><script>x()</script>"
        "<p>Otters eat <b>fish</b>.<sup>1</sup></p><ul><li>Nets</li></ul><table><tr><th>Status</th><td>Rare</td></tr>"
        "</table></body></html>"
    )
    assert blocks(page, "a.html") == [
        ("navigation", "Home"), ("heading", "Otter"), ("paragraph", "Otters eat fish."), ("list-item", "Nets"),
        ("key-value", "Status : Rare"),
    ]  # fmt: skip


def test_docx_styles_are_kinds() -> None:
    body = (
        '<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr><w:r><w:t>Threats</w:t></w:r></w:p>'
        "<w:p><w:r><w:t>Nets and </w:t></w:r><w:r><w:t>traps.</w:t></w:r></w:p>"
    )
    assert blocks(docx(body), "a.docx") == [("heading", "Threats"), ("paragraph", "Nets and traps.")]


def test_jats_without_references() -> None:
    article = (
        '<?xml version="1.0"?><article xml:lang="en"><front><article-meta><title-group><article-title>On otters'
        "</article-title></title-group></article-meta></front><body><sec><title>Threats</title><p>Nets "
        '<xref rid="r1">[1]</xref> drown them.</p></sec></body>'
        "<back><ref-list><ref>Smith</ref></ref-list></back></article>"
    )
    assert blocks(article, "a.xml") == [
        ("heading", "On otters"), ("heading", "Threats"), ("paragraph", "Nets [1] drown them."),
    ]  # fmt: skip


def test_pdf_text_layer() -> None:
    assert document(pdf(b"BT /F1 12 Tf 20 100 Td (Otters eat fish.) Tj ET"), "a.pdf").text == "Otters eat fish."


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (bytes(range(256)) * 40, "junk.txt", "binary data"),
        (b"PK\x03\x04broken", "a.docx", "a broken Word document"),
        (b"%PDF-1.4 broken", "a.pdf", "cannot be opened"),
        (pdf(b""), "scan.pdf", "without a text layer"),
        (b"<article><p></article>", "a.xml", "not well-formed XML"),
        (b"<rss></rss>", "a.xml", "XML of an unknown kind (<rss>)"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><article>&b;</article>', "a.xml", "declares entities"),
        (b"<article>" + b"<sec>" * 600 + b"</sec>" * 600 + b"</article>", "a.xml", "nested deeper than 500"),
        (b"<html>" + b"<div>" * 20_001, "a.html", "nested deeper than 20,000"),
        (b"x" * 30_000_001, "a.txt", "more than the limit"),
    ],
)
def test_what_cannot_be_read_says_why(content: bytes, name: str, message: str) -> None:
    with pytest.raises(ValueError, match=r".") as error:
        _ = document(content, name).text
    assert message in str(error.value)


def test_a_zip_bomb_is_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * 200_000_001)
    with pytest.raises(ValueError, match="more than 200,000,000 bytes"):
        _ = document(buffer.getvalue(), "bomb.docx").text


def test_html_ten_thousand_levels_deep_is_read() -> None:
    page = b"<html><body>" + b"<div>" * 10_000 + b"Otters eat fish." + b"</div>" * 10_000
    assert "Otters eat fish." in document(page, "deep.html").text


def test_html_whose_tags_need_no_end_is_not_deep() -> None:
    rows = b"<p>Otters eat fish.<ul><li>one<li>two</ul><br>" * 21_000
    assert document(b"<html><body>" + rows, "long.html").text.count("Otters") == 21_000


def test_mixed_encodings_are_read_and_told() -> None:
    page = document(b"caf\xe9 and caf\xc3\xa9")
    assert page.text == "café and café"
    assert page.converted.notes == ("one byte is not UTF-8, at 3: read as Windows-1252",)


def test_declared_and_marked_encodings_are_read() -> None:
    assert "Лев" in document('<html><meta charset="windows-1251"><p>Лев'.encode("cp1251"), "a.html").text
    assert document("Löwe".encode("utf-16")).text == "Löwe"


def test_one_long_line_is_cut_into_pieces() -> None:
    reading = read(document("otter " * 100_000).converted)
    assert max(len(sentence.text) for sentence in reading.sentences) <= 1000
