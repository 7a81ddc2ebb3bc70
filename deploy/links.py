"""`python -m deploy.links`: every relative link and anchor in our Markdown leads somewhere."""

import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote

ROOT = Path(__file__).parents[1]
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")
_INLINE = re.compile(r"\]\(\s*(?:<([^<>]*)>|((?:[^\s()]|\([^\s()]*\))+))(?:\s+(?:\"[^\"]*\"|'[^']*'|\([^()]*\)))?\s*\)")
_REFERENCE = re.compile(r"^ {0,3}\[[^\]]+\]:\s*(?:<([^<>]*)>|(\S+))")
_HTML = re.compile(r"<(?:a|img|source)\b[^>]*?\b(?:href|src|srcset)\s*=\s*[\"']([^\"']*)[\"']", re.IGNORECASE)
_HEADING = re.compile(r"^ {0,3}#{1,6}\s+(.*?)\s*#*\s*$")
_NAMED = re.compile(r"<[a-z][^>]*?\b(?:id|name)\s*=\s*[\"']([^\"']+)[\"']", re.IGNORECASE)
_SHOWN = re.compile(r"!?\[([^\]]*)\]\([^)]*\)|<[^>]+>")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)
_LINE = re.compile(r"L(\d+)(?:C\d+)?(?:-L?(\d+)(?:C\d+)?)?")


def pages(root: Path = ROOT) -> list[Path]:
    """Our Markdown files: what git tracks or would add; without git, whatever lies outside of hidden directories."""
    listing = ["git", "-C", str(root), "ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", "*.md"]
    try:
        listed = subprocess.run(listing, capture_output=True, check=True)  # noqa: S603 - a fixed command
    except (OSError, subprocess.CalledProcessError):
        found = root.rglob("*.md")
        return sorted(p for p in found if not any(part.startswith(".") for part in p.relative_to(root).parts))
    return sorted(p for name in listed.stdout.decode().split("\0") if name and (p := root / name).exists())


def dead_links(root: Path = ROOT) -> list[str]:
    """`file:line: what` for each link that leads nowhere; addresses on other hosts are not asked."""
    found = []
    for page in pages(root):
        for number, target in _targets(page.read_text("utf-8")):
            problem = _problem(root, page, target)
            if problem:
                found.append(f"{page.relative_to(root)}:{number}: {problem}")
    return found


def _prose(text: str) -> Iterator[tuple[int, str]]:
    """The lines that are no code, with their numbers."""
    fence = ""
    for number, line in enumerate(text.splitlines(), 1):
        mark = _FENCE.match(line)
        if fence:
            if mark and mark[1].startswith(fence) and not line.strip(" `~"):
                fence = ""
        elif mark:
            fence = mark[1]
        else:
            yield number, line


def _targets(text: str) -> Iterator[tuple[int, str]]:
    for number, line in _prose(text):
        bare = _CODE.sub("", line)
        for match in (*_INLINE.finditer(bare), *_REFERENCE.finditer(bare), *_HTML.finditer(bare)):
            yield number, next(group for group in match.groups() if group is not None)


def _problem(root: Path, page: Path, target: str) -> str:
    """What is wrong with one link; empty when it leads somewhere or elsewhere."""
    if _SCHEME.match(target):
        return ""
    path, _, anchor = target.partition("#")
    place = unquote(path.partition("?")[0])
    goal = page if not place else (root / place.lstrip("/") if place.startswith("/") else page.parent / place).resolve()
    if not goal.is_relative_to(root.resolve()):
        return f"{target} leads out of the repository"
    if not goal.exists():
        return f"{target} leads nowhere: there is no {goal.relative_to(root.resolve())}"
    return _anchor_problem(goal, target, unquote(anchor)) if anchor else ""


def _anchor_problem(goal: Path, target: str, anchor: str) -> str:
    lines = _LINE.fullmatch(anchor)
    if lines and goal.is_file():
        most = len(goal.read_text("utf-8", "replace").splitlines())
        beyond = max(int(number) for number in lines.groups() if number) > most
        return f"{target} leads beyond the last line, {most}" if beyond else ""
    if goal.suffix.lower() != ".md":
        return f"{target} names a heading, but {goal.name} has none"
    return "" if anchor.lower() in _anchors(goal) else f"{target} names no heading of {goal.name}"


@cache
def _anchors(page: Path) -> frozenset[str]:
    """The anchors of a page, as GitHub makes them from its headings, and those it names itself."""
    found: set[str] = set()
    for _, line in _prose(page.read_text("utf-8")):
        found.update(name.lower() for name in _NAMED.findall(line))
        heading = _HEADING.match(line)
        if heading:
            slug = plain = slug_of(heading[1])
            count = 0
            while slug in found:
                count += 1
                slug = f"{plain}-{count}"
            found.add(slug)
    return frozenset(found)


def slug_of(heading: str) -> str:
    """The anchor of a heading: lower case, letters, digits, `-` and `_` kept, a hyphen for each space."""
    shown = _SHOWN.sub(lambda match: match[1] or "", heading).replace("`", "").replace("**", "")
    return re.sub(r"[^\w\- ]", "", shown.strip().lower()).replace(" ", "-")


def main() -> int:
    """0 when every link leads somewhere, else 1 with one line for each that does not."""
    found = dead_links()
    for line in found:
        sys.stdout.write(f"{line}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
