"""README and recipes say what the program does: flags, config keys, and every file they show."""

import json
import pathlib
import re
import subprocess
import unittest

import yaml

from harness import BIN, EndToEndTest

ROOT = pathlib.Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
RECIPES = (ROOT / "docs/recipes.md").read_text(encoding="utf-8")
EXAMPLE = ROOT / "deploy/config/xplenty_exporter.yml"


def run(*arguments, env=None):
    return subprocess.run([BIN / "xplenty_exporter", *arguments], env=env or {}, check=False,
                          capture_output=True, text=True, stdin=subprocess.DEVNULL)


def normal(text):
    """A duration in seconds, anything else as it is."""
    units = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
    if not re.fullmatch(r"(\d+(ms|[smhdw]))+", text):
        return text
    return sum(int(number) * units[unit] for number, unit in re.findall(r"(\d+)(ms|[smhdw])", text))


def rows(heading):
    """The cells of the first table of that section."""
    section = README.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    table = re.findall(r"^\|(.*)\|$", section, re.M)[2:]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)] for row in table]


def flags_of_help():
    """{flag: (default, variable)}"""
    # A default is written `--flag TYPE=10s` by Debian 12's CLI11, `--flag TYPE [10s]` by Debian 13's.
    line_of_flag = r"  (?:-h,)?--([\w.-]+)(?: [A-Z]+(?:=(\S+)| \[(\S+)\])?)?\s{1,}(.*)"
    flags = {}
    text = run("--help").stdout
    for line in re.sub(r"\n {20,}", " ", text).splitlines():
        if match := re.match(line_of_flag, line):
            variable = re.search(r"\[(XPLENTY_\w+)\]$", match[4])
            flags[match[1]] = (match[2] or match[3], variable and variable[1])
    return flags


class Flags(unittest.TestCase):
    def test_the_table_of_the_readme_is_that_of_the_help(self):
        documented = {}
        for names, variable, default, _ in rows("Flags and environment"):
            for flag in re.findall(r"`--([\w.-]+)`", names):
                documented[flag] = (default.strip("`"), variable.strip("`"))
        told = flags_of_help()
        self.assertEqual(set(documented), set(told))
        self.assertGreater(sum(default is not None for default, _ in told.values()), 10)
        for flag, (default, variable) in told.items():
            if variable:
                self.assertEqual(documented[flag][1], variable, flag)
            if default:
                self.assertEqual(normal(documented[flag][0]), normal(default), flag)


class Config(EndToEndTest):
    def check(self, text):
        folder = pathlib.Path(self.folder())
        for account in (yaml.safe_load(text) or {}).get("accounts", []):
            name = pathlib.PurePosixPath(account.get("api_key_file", "k")).name
            (folder / name).write_text("key", encoding="utf-8")
            text = text.replace(account.get("api_key_file", "k"), name)
        path = folder / "x.yml"
        path.write_text(text, encoding="utf-8")
        return run(f"--config.file={path}", "--config.check", "--api.ca-file=")

    def known_keys(self):
        """Those that the program tells of when it meets one that it does not know."""
        sections = {"": {"x": 0}, "api": {"api": {"x": 0}}, "refresh": {"refresh": {"x": 0}},
                    "metrics": {"metrics": {"x": 0}}, "metrics.labels": {"metrics": {"labels": {"x": 0}}},
                    "metrics.labels.package": {"metrics": {"labels": {"package": {"x": 0}}}},
                    "accounts": {"accounts": [{"id": "a", "x": 0}]},
                    "accounts.packages": {"accounts": [{"id": "a", "packages": {"x": 0}}]}}
        keys = set()
        for section, wrong in sections.items():
            told = self.check(json.dumps(wrong)).stderr
            expected = re.search(r'unknown key "x".*: expected one of (.*)', told)[1].split(", ")
            keys |= {f"{section}.{key}".lstrip(".") for key in expected}
        return keys - set(sections)

    def test_the_table_of_the_readme_has_each_key_and_no_other(self):
        documented = set()
        for key, *_ in rows("Config file"):
            documented |= set(re.findall(r"`([\w.]+)`", key))
        known = {key for key in self.known_keys()
                 if key not in ("metrics.labels.account", "metrics.labels.cluster")}
        self.assertEqual(documented, known)

    def test_example_config_has_all_defaults(self):
        done = self.check(EXAMPLE.read_text(encoding="utf-8"))
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        example = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))
        for flag, (default, _) in flags_of_help().items():
            section, _, key = flag.replace("-", "_").partition(".")
            if default and section in ("api", "refresh", "metrics") and key in example[section]:
                self.assertEqual(normal(str(example[section][key])), normal(default), flag)
        for key in self.known_keys():
            value = example
            for part in key.split("."):
                value = value[0] if isinstance(value, list) else value
                if part in ("value", "rename"):
                    continue
                self.assertIn(part, value, key)
                value = value[part]

    def test_each_file_of_the_recipes_is_right(self):
        files = re.findall(r"^```yaml\n(.*?)^```$", RECIPES, re.M | re.S)
        configs = [file for file in files if "accounts:" in file]
        scrapes = [file for file in files if "scrape_configs:" in file]
        self.assertEqual(len(files), len(configs) + len(scrapes))
        for file in configs:
            with self.subTest(file):
                # The authority's file is not there.
                done = self.check(file.replace("ca_file: /etc/ssl/proxy-ca.pem", ""))
                self.assertEqual((done.returncode, done.stderr), (0, ""))
        for file in scrapes:
            with self.subTest(file):
                path = pathlib.Path(self.folder(), "prometheus.yml")
                path.write_text(file, encoding="utf-8")
                subprocess.run(["promtool", "check", "config", path], check=True, capture_output=True)


if __name__ == "__main__":
    unittest.main()
