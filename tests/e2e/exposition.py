"""Checks the format of an exposition more strictly than Prometheus, which silently stores the first of two samples,
accepts interleaved families and drops exemplars that are too long.

It knows the Prometheus text format 0.0.4 and OpenMetrics 1.0.0. check() names the first wrong line and the reason.
"""

import functools
import math
import re

NAME = r"[A-Za-z_:][A-Za-z0-9_:]*"
VALUE = r'(?:[^"\\\n]|\\.)*'
LABELS = rf'(?:[^"{{}}]|"{VALUE}")*?'
METADATA = re.compile(rf"# (HELP|TYPE|UNIT) ({NAME}) ?(.*)", re.DOTALL)
SAMPLE = re.compile(rf"({NAME})(?:\{{({LABELS})\}})? ([^ #]+)(?: ([^ #]+))?(?: # (.*))?", re.DOTALL)
EXEMPLAR = re.compile(rf"\{{({LABELS})\}} ([^ ]+)(?: ([^ ]+))?", re.DOTALL)
LABEL = re.compile(rf'([A-Za-z_][A-Za-z0-9_]*)="({VALUE})"(,|$)', re.DOTALL)
NUMBER = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?|[-+]?Inf|NaN")
TYPES = {
    False: {"counter", "gauge", "histogram", "summary", "untyped"},
    True: {"counter", "gauge", "histogram", "gaugehistogram", "summary", "info", "stateset", "unknown"},
}
# The suffixes that a sample's name may add to its family's, by type.
SUFFIXES = {"histogram": {"_bucket", "_sum", "_count"}, "summary": {"", "_sum", "_count"}}
OPENMETRICS_SUFFIXES = {
    "counter": {"_total", "_created"},
    "histogram": {"_bucket", "_sum", "_count", "_created"},
    "gaugehistogram": {"_bucket", "_gsum", "_gcount"},
    "summary": {"", "_sum", "_count", "_created"},
    "info": {"_info"},
}
MAX_EXEMPLAR_CHARACTERS = 128
# Tests scrape the same series many times.
_remembered = functools.lru_cache(maxsize=2**17)


class BadExposition(AssertionError):
    pass


def check(text, openmetrics):
    """Raises BadExposition, or returns the number of samples."""
    names, samples = set(), set()
    for name, lines in _families(text, openmetrics):
        _need(name not in names, "family twice, or interleaved with another", name)
        names.add(name)
        found = _check_family(lines, openmetrics)
        _need(samples.isdisjoint(found), "sample twice", name)
        samples |= found
    return len(samples)


def canonical(bound):
    """The bound as Go's %g prints it, with ".0" after whole numbers."""
    if math.isinf(bound):
        return "+Inf" if bound > 0 else "-Inf"
    mantissa, exponent = f"{bound:.17e}".split("e")
    for digits in range(18):  # the smallest number of digits that reads back as the same number
        mantissa, exponent = f"{bound:.{digits}e}".split("e")
        if float(f"{mantissa}e{exponent}") == bound:
            break
    if -4 <= int(exponent) < 6 or bound == 0:
        plain = f"{bound:.{max(0, digits - int(exponent))}f}"
        return plain if "." in plain else plain + ".0"
    return f"{mantissa}e{exponent}"


class _Family:
    def __init__(self, name):
        self.name, self.type, self.said = name, None, []
        self.groups = {}  # the values of each histogram or summary, by its labels without le and quantile
        self.current = None


def _need(holds, problem, where):
    if not holds:
        raise BadExposition(f"{problem}: {where:.200}")


def _families(text, openmetrics):
    """The name of each family and its lines."""
    _need(text.endswith("\n"), "no newline at the end", "the end")
    lines = text[:-1].split("\n")
    if openmetrics:
        _need(lines[-1] == "# EOF", "no # EOF at the end", "the end")
        lines.pop()
    _need("# EOF" not in lines, "# EOF before the end", "the end")
    name, begin = None, 0
    for at, line in enumerate(lines):
        if line.startswith("#") and (match := METADATA.fullmatch(line)) and match[2] != name:
            if at > 0:
                yield name, tuple(lines[begin:at])
            name, begin = match[2], at
    if lines:
        yield name, tuple(lines[begin:])


# Most families are the same as in the previous scrape.
@functools.lru_cache(maxsize=512)
def _check_family(lines, openmetrics):
    """Raises BadExposition, or returns the names and labels of the samples."""
    return _Checker(openmetrics).run(lines)


class _Checker:
    """Checks one family."""

    def __init__(self, openmetrics):
        self.openmetrics = openmetrics
        self.family = None
        self.samples = set()
        self.where = ""

    def run(self, lines):
        for line in lines:
            self.where = line
            self._need("\r" not in line, "carriage return")
            self._need(line, "blank line")
            if line.startswith("#"):
                self._metadata(line)
            else:
                self._sample(line)
        self._close()
        return self.samples

    def _need(self, holds, problem):
        if not holds:
            _need(False, problem, self.where)

    # -- metadata

    def _metadata(self, line):
        match = METADATA.fullmatch(line)
        self._need(match, "comment that is not metadata")
        keyword, name, text = match.groups()
        if self.family is None:
            self.family = _Family(name)
        family = self.family
        self._need(not family.groups, "metadata after its samples")
        self._need(keyword not in family.said, f"{keyword} twice")
        order = ["TYPE", "UNIT", "HELP"] if self.openmetrics else ["HELP", "TYPE"]
        self._need(keyword in order, "UNIT in the text format")
        later = order[order.index(keyword) + 1 :]
        self._need(not set(later) & set(family.said), f"{keyword} out of order")
        family.said.append(keyword)
        if keyword == "TYPE":
            self._type(family, text)
        elif keyword == "HELP":
            escapes = r'\\[n"\\]' if self.openmetrics else r"\\[n\\]"
            rest = re.sub(escapes, "", text)
            bad = "\\" in rest or (self.openmetrics and '"' in rest)
            self._need(not bad, "bad escape in HELP")
        else:
            self._need(text and name.endswith("_" + text), "unit that the name does not end with")
            self._need(family.type not in ("info", "stateset"), "unit of an info or stateset")

    def _type(self, family, text):
        self._need(text in TYPES[self.openmetrics], "unknown type")
        family.type = text
        if self.openmetrics:
            for suffix in OPENMETRICS_SUFFIXES.get(text, ()):
                ends = suffix not in ("", "_created") and family.name.endswith(suffix)
                self._need(not ends, f"family name with the suffix {suffix}")
        elif text == "counter":
            self._need(family.name.endswith("_total"), "counter without _total")

    # -- samples

    def _sample(self, line):
        parsed = _parse_sample(line)
        self._need(parsed, "no sample")
        name, labels, value, timestamp, exemplar = parsed
        family = self.family
        self._need(family is not None and family.type, "sample without a TYPE")
        self._need(name.startswith(family.name), "sample of another family")
        suffix = name[len(family.name) :]
        allowed = OPENMETRICS_SUFFIXES if self.openmetrics else SUFFIXES
        self._need(suffix in allowed.get(family.type, {""}), "sample of another family")
        self._need(timestamp is None, "timestamp")
        pairs = self._labels(labels or "")
        value = self._number(value)
        key = (name, frozenset(pairs.items()))
        self._need(key not in self.samples, "sample twice")
        self.samples.add(key)
        special = "le" if suffix == "_bucket" else "quantile" if family.type == "summary" and not suffix else None
        bound = self._bound(pairs, special)
        group = frozenset(pairs.items())
        if group != family.current:
            self._need(group not in family.groups, "samples of one metric are interleaved with others")
            family.groups[group] = {"labels": pairs, "buckets": [], "values": {}}
            family.current = group
        self._note(family, group, suffix, bound, value)
        if exemplar is not None:
            self._exemplar(family, group, suffix, exemplar)

    def _labels(self, text):
        pairs, problem = _parse_labels(text)
        self._need(not problem, problem)
        return dict(pairs)

    def _number(self, text):
        number = _parse_number(text)
        self._need(number is not None, "bad number")
        return number

    def _bound(self, pairs, special):
        """Removes the bound from the labels and returns it."""
        for label in ("le", "quantile"):
            if label != special:
                self._need(label not in pairs, f"{label} where it is not allowed")
        if special is None:
            return None
        self._need(special in pairs, f"no {special}")
        text = pairs.pop(special)
        bound = self._number(text)
        self._need(_is_canonical(text), f"{special} not canonical")
        return bound

    def _note(self, family, group, suffix, bound, value):
        if family.type == "counter" or suffix in ("_bucket", "_count"):
            self._need(value >= 0, "count that is negative or NaN")
        if suffix in ("_bucket", "_count"):
            self._need(value == math.floor(value), "count that is not whole")
        if family.type == "info":
            self._need(value == 1, "info that is not 1")
        if family.type == "stateset":
            self._need(value in (0, 1), "state that is neither 0 nor 1")
        seen = family.groups[group]
        if suffix == "_bucket":
            if seen["buckets"]:
                before, count = seen["buckets"][-1]
                self._need(bound > before, "buckets out of order")
                self._need(value >= count, "buckets not cumulative")
            seen["buckets"].append((bound, value))
        seen["values"][suffix] = value

    def _exemplar(self, family, group, suffix, text):
        self._need(self.openmetrics, "exemplar in the text format")
        self._need(suffix in ("_total", "_bucket"), "exemplar on neither a counter nor a bucket")
        match = EXEMPLAR.fullmatch(text)
        self._need(match, "bad exemplar")
        labels, value, timestamp = match.groups()
        pairs = self._labels(labels)
        characters = sum(len(name) + len(_unescaped(value)) for name, value in pairs.items())
        self._need(characters <= MAX_EXEMPLAR_CHARACTERS, "exemplar over 128 characters")
        value = self._number(value)
        if timestamp is not None:
            self._need(math.isfinite(self._number(timestamp)), "bad number")
        if suffix == "_bucket":
            buckets = family.groups[group]["buckets"]
            count, lower, below = buckets[-1][1], -math.inf, 0
            if len(buckets) > 1:
                lower, below = buckets[-2]
            self._need(lower < value <= buckets[-1][0], "exemplar outside its bucket")
            self._need(count > below, "exemplar on an empty bucket")
        else:
            self._need(family.groups[group]["values"]["_total"] > 0, "exemplar on a counter at 0")

    def _close(self):
        """Checks the family as a whole."""
        family = self.family
        self.where = f"family {family.name}"
        self._need(family.type, "no TYPE")
        self._need("HELP" in family.said, "no HELP")
        self._need(family.groups, "no samples")
        if family.type not in ("histogram", "summary"):
            return
        for seen in family.groups.values():
            self.where = f"family {family.name} {seen['labels']}"
            values, buckets = seen["values"], seen["buckets"]
            self._need("_sum" in values and "_count" in values, "no _sum or no _count")
            if family.type == "histogram":
                self._need(buckets and buckets[-1][0] == math.inf, "no +Inf bucket")
                self._need(buckets[-1][1] == values["_count"], "+Inf bucket other than _count")


@_remembered
def _parse_sample(line):
    match = SAMPLE.fullmatch(line)
    return match and match.groups()


@_remembered
def _parse_number(text):
    return float(text) if NUMBER.fullmatch(text) else None


@_remembered
def _is_canonical(text):
    return canonical(float(text)) == text


@_remembered
def _parse_labels(text):
    """The (name, value) pairs, and the problem with them or None."""
    pairs, at = {}, 0
    while at < len(text):
        match = LABEL.match(text, at)
        if not match:
            return (), "bad labels"
        name, value, _ = match.groups()
        if "\\" in re.sub(r'\\[n"\\]', "", value):
            return (), "bad escape in a label"
        if name in pairs:
            return (), "label twice"
        if name.startswith("__"):
            return (), "reserved label"
        pairs[name] = value
        at = match.end()
    return tuple(pairs.items()), "bad labels" if text.endswith(",") else None


def _unescaped(value):
    return re.sub(r"\\(.)", r"\1", value)
