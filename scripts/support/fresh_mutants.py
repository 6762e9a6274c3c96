"""Fresh mutants, judged by the suite as it was and as it is: the numbers, and their part of the page.

Results are those of ``fixtures/proof/mutants.json`` of the fresh ones; ends say what became of each
(``support.proof.ends_of``).
"""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

LED_TO = Path(__file__).resolve().parents[1] / "mutants" / "led_to_claims.toml"
NOTICED = ("killed", "refused")


def led_to(drawn: str = "fresh") -> dict[str, str]:
    """Those that the suite did not notice when they were judged first: mutant -> the case or claim that it led to.

    Args:
        drawn: ``fresh`` or ``last``.
    """
    return {entry["id"]: entry["by"] for entry in tomllib.loads(LED_TO.read_text()).get(drawn, [])}


def limits() -> list[str]:
    """What the judging left out, in sentences."""
    return tomllib.loads(LED_TO.read_text()).get("fresh_limits", [])


def counted(results: dict[str, Any], ends: dict[str, str]) -> dict[str, int]:
    """Of those that both suites were given and that are not equivalent: what the suite noticed then and now.

    Returns:
        ``given``; ``then`` and ``now``, what tests alone noticed when they were given them first; ``by_record``, what
        the gate noticed beside them by comparison with the record, whatever notices it since; ``led``, the others that
        led to what notices them since; and of all fresh ones ``made``, ``by_hand``, ``equivalent``, ``not_judged``.
    """
    both = {n: r for n, r in results.items() if "as_it_was" in r and ends[n] not in ("not judged", "equivalent")}
    led = led_to()
    noticed = [name for name in both if ends[name] in NOTICED]
    at_once = [name for name in noticed if name not in led or both[name].get("by_record")]
    return {
        "given": len(both),
        "then": sum(result["as_it_was"]["result"] in NOTICED for result in both.values()),
        "now": sum(not both[name].get("by_record") for name in at_once),
        "by_record": sum(bool(both[name].get("by_record")) for name in at_once),
        "led": len(noticed) - len(at_once),
        "made": len(results),
        "by_hand": sum(result["by_hand"] for result in results.values()),
        "equivalent": sum(found == "equivalent" for found in ends.values()),
        "not_judged": sum(name not in both and found != "equivalent" for name, found in ends.items()),
    }


def of_last(results: dict[str, Any], ends: dict[str, str]) -> str:
    """One sentence on those that were drawn last; empty before any is judged.

    Args:
        results: of all mutants.
        ends: what became of those that were drawn last.
    """
    led = led_to("last")
    last = ["led" if name in led else ends[name] for name, result in results.items() if result.get("last")]
    judged = len(last) - last.count("not judged")
    if not judged:
        return ""
    noticed, alike = sum(map(last.count, NOTICED)), last.count("equivalent")
    said = (
        f"Of {judged - alike} mutants drawn last, in wrappers, masks, saving and trainers, {noticed} were noticed; "
        f"{last.count('led')} led to what notices them since."
    )
    if alike:
        said += f" {alike} more are equivalent."
    return said + (f" {last.count('not judged')} were not judged." if "not judged" in last else "")


def of_fresh(results: dict[str, Any], ends: dict[str, str], table: Callable[..., list[str]]) -> list[str]:
    """The lines of the page: the numbers, by package, and what the mutants led to."""
    fresh = counted(results, ends)
    lines = [
        "### Drawn fresh",
        "",
        f"{fresh['made']} mutants lie in what uses beyond a single layer execute: {fresh['by_hand']} were written",
        "before any was judged; the others were drawn by machine when situations and claims on these uses stood.",
        f"Tests alone: before there were situations, the suite noticed {fresh['then']} of {fresh['given']},",
        f"with them {fresh['now']} of {fresh['given']} when it was given them first. The gate, which compares",
        f"with the record too, noticed {fresh['by_record']} more, and {fresh['led']} led to what notices them since.",
        f"{fresh['equivalent']} are equivalent, and {fresh['not_judged']} were not judged by both.",
        *limits(),
        "",
    ]
    rows = []
    for package in sorted({result["file"].split("/")[0] for result in results.values()}):
        for title, hand in (("by hand", True), ("by machine", False)):
            some = {n: r for n, r in results.items() if r["file"].startswith(package + "/") and r["by_hand"] is hand}
            if some:
                found = counted(some, {name: ends[name] for name in some})
                names = ("made", "equivalent", "given", "then", "now", "by_record", "led")
                rows.append([f"{package}, {title}", *(found[name] for name in names)])
    head = ["", "mutants", "equivalent", "given to both", "noticed then", "now, by tests", "by the record", "since"]
    lines += table(head, rows)
    led = [[f"`{name}`", results[name]["means"], f"`{by}`"] for name, by in led_to().items() if name in results]
    return lines + (table(["mutant", "what it does", "what notices it since"], led) if led else [])
