"""Links in our Markdown lead somewhere, and the check says where they do not."""

import subprocess
from pathlib import Path

import pytest

from deploy import links
from deploy.links import dead_links, pages, slug_of


def test_our_own_pages_have_no_dead_links() -> None:
    assert dead_links() == []


def _told(root: Path, text: str, **files: str) -> list[str]:
    (root / "docs").mkdir(exist_ok=True)
    for name, content in files.items():
        (root / name.replace("__", "/")).with_suffix(".md").write_text(content, "utf-8")
    (root / "page.md").write_text(text, "utf-8")
    return [line for line in dead_links(root) if line.startswith("page.md")]


@pytest.mark.parametrize(
    "text",
    [
        "[a](docs/guide.md)",
        "[a](./docs/guide.md)",
        "[a](/docs/guide.md)",
        "[a](docs)",
        "![a](docs/guide.md 'a title')",
        "[a](<docs/guide.md>)",
        "[a](docs/guide.md#two-words)",
        "[a](docs/guide.md#two-words-1)",
        "[a](docs/guide.md#Two-Words)",
        "[a](docs/guide.md#два-слова)",
        "[a](docs/guide.md#%D0%B4%D0%B2%D0%B0-%D1%81%D0%BB%D0%BE%D0%B2%D0%B0)",
        "[a](docs/guide.md#named)",
        "[a](docs/guide.md#code-and-link)",
        "[a](docs/guide.md#L3)",
        "[a](#here)\n\n# Here",
        "[a](https://example.com/nowhere) and [b](mailto:a@example.com)",
        "[a]: docs/guide.md",
        '<a href="docs/guide.md">a</a>',
        "`[a](nowhere.md)` and ``[b](`nowhere.md`)``",
        "```\n[a](nowhere.md)\n```",
        "~~~~md\n```\n[a](nowhere.md)\n~~~\n[b](nowhere.md)\n~~~~",
        "A call such as f[0](x) in prose is no link to [a] (nowhere.md)".replace("f[0](x)", "`f[0](x)`"),
    ],
)
def test_a_link_that_leads_somewhere_is_silent(tmp_path: Path, text: str) -> None:
    guide = '# Two words\n## Two words\n## Два слова\n<a id="named"></a>\n## `Code` and [link](guide.md)\n'
    assert _told(tmp_path, text, docs__guide=guide) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[a](nowhere.md)", "page.md:1: nowhere.md leads nowhere: there is no nowhere.md"),
        ("one\n\n[a](docs/nowhere.md#x)", "page.md:3: docs/nowhere.md#x leads nowhere: there is no docs/nowhere.md"),
        ("[a](docs/guide.md#three)", "page.md:1: docs/guide.md#three names no heading of guide.md"),
        ("[a](docs/guide.md#in-code)", "page.md:1: docs/guide.md#in-code names no heading of guide.md"),
        ("[a](docs/guide.md#two-words-2)", "page.md:1: docs/guide.md#two-words-2 names no heading of guide.md"),
        ("[a](docs/guide.md#L99)", "page.md:1: docs/guide.md#L99 leads beyond the last line, 5"),
        ("[a](#nowhere)", "page.md:1: #nowhere names no heading of page.md"),
        ("[a](../../etc/passwd)", "page.md:1: ../../etc/passwd leads out of the repository"),
        ("[a]: nowhere.md", "page.md:1: nowhere.md leads nowhere: there is no nowhere.md"),
        ('<img src="nowhere.png">', "page.md:1: nowhere.png leads nowhere: there is no nowhere.png"),
        ("[![b](nowhere.svg)](docs/guide.md)", "page.md:1: nowhere.svg leads nowhere: there is no nowhere.svg"),
        ("[a](docs#x)", "page.md:1: docs#x names a heading, but docs has none"),
        ("`code` [a](nowhere.md) `code`", "page.md:1: nowhere.md leads nowhere: there is no nowhere.md"),
    ],
)
def test_a_dead_link_is_told_with_file_line_and_reason(tmp_path: Path, text: str, told: str) -> None:
    assert _told(tmp_path, text, docs__guide="# Two words\n## Two words\n```\n# In code\n```\n") == [told]


@pytest.mark.parametrize(
    ("heading", "slug"),
    [
        ("What it must reach", "what-it-must-reach"),
        ("4. The processor: the one loop", "4-the-processor-the-one-loop"),
        ("`run SERVICE` & friends", "run-service--friends"),
        ("Что внутри — и почему", "что-внутри--и-почему"),
        ("snake_case stays", "snake_case-stays"),
        ("**Bold** words", "bold-words"),
    ],
)
def test_a_headings_anchor_is_the_one_that_github_makes(heading: str, slug: str) -> None:
    assert slug_of(heading) == slug


def test_what_git_ignores_is_not_looked_at(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / ".gitignore").write_text("built/\n")
    (tmp_path / "built").mkdir()
    for name in ("built/a.md", "b.md"):
        (tmp_path / name).write_text("[a](nowhere.md)")
    assert [page.name for page in pages(tmp_path)] == ["b.md"]


def test_without_git_all_visible_pages_are_looked_at(tmp_path: Path) -> None:
    for name in (".hidden", "docs"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.md").write_text("x")
    assert pages(tmp_path) == [tmp_path / "docs" / "a.md"]


def test_the_command_exits_with_1_and_one_line_for_each(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(links, "dead_links", lambda: ["a.md:1: x", "b.md:2: y"])
    assert links.main() == 1
    assert capsys.readouterr().out == "a.md:1: x\nb.md:2: y\n"
    monkeypatch.setattr(links, "dead_links", list)
    assert links.main() == 0
