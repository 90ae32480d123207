"""Plots as SVG with logarithmic axes, in mid-tone colours without a background: readable on light and dark pages."""

import math

GREY = "#808890"
COLOURS = ("#2f81d7", "#d9822b", "#3fa45b", "#b360c4", "#d1495b")
FONT = 'font-family="system-ui, sans-serif" font-size="12"'
WIDTH, HEIGHT = 380, 250  # of one panel
LEFT, RIGHT, TOP, BOTTOM = 64, 14, 34, 36


def short(value):
    """10000 becomes 10k."""
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:g}{unit}"
    return f"{value:g}"


def text(x, y, content, anchor="middle", colour=GREY, weight="normal"):
    escaped = content.replace("&", "&amp;").replace("<", "&lt;")
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" '
            f'font-weight="{weight}">{escaped}</text>')


def line(x1, y1, x2, y2, opacity):
    return (f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{GREY}" '
            f'stroke-opacity="{opacity}"/>')


class Log:
    """A logarithmic axis of whole decades, from pixel `begin` to pixel `end`."""

    def __init__(self, values, begin, end):
        positive = [v for v in values if v > 0] or [1]
        self.low = math.floor(math.log10(min(positive)) + 1e-9)
        self.high = max(math.ceil(math.log10(max(positive)) - 1e-9), self.low + 1)
        self.begin, self.end = begin, end

    def at(self, value):
        exponent = max(math.log10(value), self.low) if value > 0 else self.low
        return self.begin + (exponent - self.low) / (self.high - self.low) * (self.end - self.begin)

    def ticks(self):
        return [10.0**n for n in range(self.low, self.high + 1)]


def panel(left, top, title, series):
    """One plot of `series`: {name: [(x, y)]}."""
    xs = Log([x for points in series.values() for x, _ in points], left + LEFT, left + WIDTH - RIGHT)
    ys = Log([y for points in series.values() for _, y in points], top + HEIGHT - BOTTOM, top + TOP)
    parts = [text(left + LEFT, top + 18, title, "start", weight="bold")]
    for tick in ys.ticks():
        parts.append(line(xs.begin, ys.at(tick), xs.end, ys.at(tick), 0.3))
        parts.append(text(xs.begin - 6, ys.at(tick) + 4, short(tick), "end"))
    for tick in xs.ticks():
        parts.append(line(xs.at(tick), ys.begin, xs.at(tick), ys.end, 0.15))
        parts.append(text(xs.at(tick), ys.begin + 16, short(tick)))
    ends = []
    for colour, (name, points) in zip(COLOURS, series.items()):
        path = " ".join(f"{xs.at(x):.1f},{ys.at(y):.1f}" for x, y in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{xs.at(x):.1f}" cy="{ys.at(y):.1f}" r="3" fill="{colour}"/>'
                  for x, y in points]
        if len(series) > 1:
            ends.append((ys.at(points[-1][1]) - 7, name, colour))
    return parts + labels(xs.end, ends)


def labels(x, ends):
    """Writes the names at the ends of the lines, moved up where they would overlap."""
    parts, lowest = [], math.inf
    for y, name, colour in sorted(ends, reverse=True):
        lowest = min(y, lowest - 14)
        parts.append(text(x, lowest, name, "end", colour, "bold"))
    return parts


def document(width, height, title, parts):
    body = "\n".join(parts)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            f'width="{width}" height="{height}" role="img" aria-label="{title}" {FONT}>\n'
            f"<title>{title}</title>\n{body}\n</svg>\n")


def growth(rows):
    def points(key, unit=1):
        return [(row["jobs"], row[key] / unit) for row in rows]

    panels = [
        ("First refresh, seconds", {"time": points("seconds"), "CPU": points("cpu_seconds")}),
        ("First refresh, requests", {"requests": points("requests")}),
        ("Restart to a complete scrape, seconds", {"time": points("restart_seconds")}),
        ("Size, MB", {"memory": points("rss_bytes", 1e6), "ledger": points("ledger_bytes", 1e6)}),
        ("Scrape with its refresh, ms", {"ten jobs changed": points("changed_ms"),
                                         "nothing changed": points("idle_ms")}),
        ("Scrape with its refresh, CPU ms", {"ten jobs changed": points("changed_cpu_ms"),
                                             "nothing changed": points("idle_cpu_ms")}),
    ]
    parts = []
    for number, (title, series) in enumerate(panels):
        parts += panel(number % 2 * WIDTH, number // 2 * HEIGHT, title, series)
    width, height = 2 * WIDTH, (len(panels) + 1) // 2 * HEIGHT + 24
    parts.append(text(width / 2, height - 8, "jobs within the lookback"))
    return document(width, height, "What an account costs, by its number of jobs", parts)


def unchanged(rows):
    """A bar chart: the milliseconds of a scrape of each server, by size, as gzip."""
    sizes = sorted({row["series"] for row in rows})
    wanted = [row for row in rows if row["coding"] == "gzip"]
    names = list(dict.fromkeys(row["server"] for row in wanted))
    width, bar, gap = 2 * WIDTH, 20, 30
    values = [row["wall_ms"] for row in wanted]
    axis = Log([*values, min(values) / 2], 140, width - 70)  # so that the shortest bar is visible
    parts, y = [], 14
    for size in sizes:
        parts.append(text(14, y + 6, f"{size:,} series", "start", weight="bold"))
        y += 14
        for colour, name in zip(COLOURS, names):
            took = next(r["wall_ms"] for r in wanted if (r["series"], r["server"]) == (size, name))
            parts.append(text(axis.begin - 8, y + 14, name, "end"))
            parts.append(f'<rect x="{axis.begin}" y="{y + 2}" width="{axis.at(took) - axis.begin:.1f}" '
                         f'height="{bar - 4}" rx="2" fill="{colour}"/>')
            parts.append(text(axis.at(took) + 6, y + 14, f"{took:.3g} ms", "start"))
            y += bar
        y += gap
    for tick in axis.ticks():
        parts.insert(0, line(axis.at(tick), 20, axis.at(tick), y - gap + 4, 0.25))
        parts.append(text(axis.at(tick), y - gap + 20, f"{short(tick)} ms"))
    return document(width, y + 4, "Time of a scrape where nothing changed, as gzip", parts)


PLOTS = {"growth": growth, "unchanged": unchanged}
