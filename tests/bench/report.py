"""Targets and tables of the report."""

import dataclasses


@dataclasses.dataclass
class Target:
    """A ratio within one run and the highest value that is wanted; no ratio if a program is not installed."""

    name: str
    ratio: float | None
    limit: float
    at_most: bool = True

    def met(self):
        if self.ratio is None:
            return None
        return self.ratio <= self.limit if self.at_most else self.ratio >= self.limit

    def as_dict(self):
        return {**dataclasses.asdict(self), "met": self.met()}


def number(value):
    if value is None:
        return "-"
    if isinstance(value, str):
        return value
    if isinstance(value, int) or value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def table(rows):
    """A Markdown table of dicts that have the same keys."""
    keys = list(rows[0])
    cells = [keys, *([number(row[key]) for key in keys] for row in rows)]
    widths = [max(len(line[i]) for line in cells) for i in range(len(keys))]
    lines = ["| " + " | ".join(c.ljust(w) for c, w in zip(line, widths)) + " |" for line in cells]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def ratios_to(rows, name):
    """The rows of all other servers, with how many times as long as server `name` each takes."""
    floors = {(r["series"], r["coding"]): r for r in rows if r["server"] == name}
    shown = []
    for row in rows:
        floor = floors.get((row["series"], row["coding"]))
        times = {f"{key}_ratio": row[key] / floor[key] if floor and floor[key] else None
                 for key in ("wall_ms", "cpu_ms", "per_second")}
        shown.append({**row, **times})
    return shown


def of_targets(targets):
    words = {True: "met", False: "NOT MET", None: "not measured"}
    return table([{"target": t.name, "wanted": ("<= " if t.at_most else ">= ") + number(t.limit),
                   "measured": number(t.ratio), "": words[t.met()]} for t in targets])
