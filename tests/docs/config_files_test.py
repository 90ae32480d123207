"""The config files in the documentation are valid, and it lists each key of the config file."""

import pathlib
import re
import subprocess
import tempfile
import unittest

import yaml

from pages import ROOT, Page, for_users
from program import check_config, config_keys, flags

EXAMPLE = ROOT / "deploy/config/xplenty_exporter.yml"


def seconds(text):
    """The seconds of a duration; other text is returned as it is."""
    units = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
    if not re.fullmatch(r"(\d+(ms|[smhdw]))+", text):
        return text
    return sum(int(number) * units[unit] for number, unit in re.findall(r"(\d+)(ms|[smhdw])", text))


class ConfigFiles(unittest.TestCase):
    def folder(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return pathlib.Path(folder.name)

    def assert_right(self, text):
        """Checks that the program accepts the file, in a folder with the key files that it names."""
        folder = self.folder()
        for account in yaml.safe_load(text)["accounts"]:
            if path := account.get("api_key_file"):
                name = pathlib.PurePosixPath(path).name
                (folder / name).write_text("key", encoding="utf-8")
                text = text.replace(path, name)
        (folder / "xplenty.yml").write_text(text, encoding="utf-8")
        checked = check_config(folder / "xplenty.yml")
        self.assertEqual((checked.returncode, checked.stderr), (0, ""))

    def assert_accepted(self, command, text):
        path = self.folder() / "file.yml"
        path.write_text(text, encoding="utf-8")
        checked = subprocess.run([*command, path], check=False, capture_output=True, text=True)
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)

    def check_shown(self, text):
        """Checks one file of a page by the program that reads it, and returns what kind it is."""
        if "accounts:" in text:
            # The file of the authority does not exist here.
            self.assert_right(text.replace("ca_file: /etc/ssl/proxy-ca.pem", ""))
            return "exporter"
        if "scrape_configs:" in text:
            self.assert_accepted(["promtool", "check", "config"], text)
            return "prometheus"
        if "receivers:" in text:
            self.assert_accepted(["amtool", "check-config"], text)
            return "alertmanager"
        # The other files are a web config, rule_files and Grafana's provisioning.
        return next(iter(yaml.safe_load(text)))

    def test_each_shown_file_is_right(self):
        kinds = set()
        for block in (block for name in for_users() for block in Page(name).blocks):
            if block.language == "yaml":
                with self.subTest(block=str(block)):
                    kinds.add(self.check_shown(block.text))
        self.assertEqual(kinds, {"exporter", "prometheus", "alertmanager", "tls_server_config",
                                 "rule_files", "apiVersion"})

    def test_tables_have_each_key(self):
        page = (ROOT / "docs/configuration.md").read_text(encoding="utf-8")
        documented = set()
        for table in ("flags", "config keys"):
            section = page.split(f"<!-- {table}: begin -->")[1].split(f"<!-- {table}: end -->")[0]
            column = 2 if table == "flags" else 1
            for row in re.findall(r"^\|.*", section, re.M)[2:]:
                documented |= set(re.findall(r"`([\w.]+)`", row.split("|")[column]))
        self.assertEqual(documented, config_keys())

    def test_the_example_has_each_default(self):
        text = EXAMPLE.read_text(encoding="utf-8")
        self.assert_right(text)
        example = yaml.safe_load(text)
        for flag in flags().values():
            section, _, key = flag.key.partition(".")
            if flag.default and flag.key in config_keys():
                self.assertEqual(seconds(str(example[section][key])), seconds(flag.default), flag.name)

    def test_the_example_has_each_key(self):
        example = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))
        for key in config_keys():
            *parents, last = key.split(".")
            value = example
            for part in parents:
                value = value[part]
                value = value[0] if isinstance(value, list) else value
            # The file shows only one of the two keys of a label.
            if parents[:2] != ["metrics", "labels"]:
                self.assertIn(last, value, key)


if __name__ == "__main__":
    unittest.main()
