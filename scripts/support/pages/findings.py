"""What is otherwise in the newest releases than it is stated: documentation first, silent before loud."""

from support.pages.topics import address
from support.site.findings import Finding, grouped, newest


def row(one: Finding) -> str:
    """One finding as a row of a table."""
    says = " ".join(f"[{number}]({source})" for number, source in enumerate((*one.said, *one.upstream), 1))
    loud = "silent" if one.silent else "raises"
    return (
        f"| [{one.told.claim.title}]({address(one.told)}) | {one.told.claim.sentence} | {', '.join(one.apis)} | {loud} "
        f"| {says} |"
    ).replace("\n", " ")


def page(notice: str) -> str:
    """The page docs/findings.md."""
    current = ", ".join(f"{surface} of {release}" for surface, release in newest().items())
    lines = [
        notice, "", "# Findings", "",
        "Statements that are not so in the newest stable releases, and who makes them. What users meet most commonly "
        f"comes first. Looked at: {current}.", "",
    ]  # fmt: skip
    for title, found in grouped().items():
        lines += [
            f"## {title}",
            "",
            "| about | what is stated | otherwise in | | who says so |",
            "|---|---|---|---|---|",
        ]
        lines += [*map(row, found), ""]
    return "\n".join(lines).rstrip() + "\n"
