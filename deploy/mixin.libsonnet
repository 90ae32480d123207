// Dashboards and rules in the form of a monitoring mixin. Add it to others with jsonnet, and change `_config`
// (dashboards/src/config.libsonnet) where your setup differs.
// Each expression becomes one line, as the jsonnet of Debian 12 cannot parse multi-line text.
local parse(yaml) = std.parseYaml(std.strReplace(std.strReplace(yaml, ': |\n', ':\n'), '\n\n', '\n'));
local rules = {
  alerts: parse(importstr 'prometheus/rules/xplenty-alerts.yml'),
  recording: parse(importstr 'prometheus/rules/xplenty-recording.yml'),
};
local published = (import '../dashboards/src/config.libsonnet').runbookUrl;

{
  _config:: import '../dashboards/src/config.libsonnet',
  local config = self._config,

  grafanaDashboards+:: (import '../dashboards/src/dashboards.libsonnet')(config),
  prometheusRules+:: rules.recording,
  prometheusAlerts+:: {
    groups+: [
      group {
        rules: [
          alert { annotations+: { runbook_url: std.strReplace(super.runbook_url, published, config.runbookUrl) } }
          for alert in group.rules
        ],
      }
      for group in rules.alerts.groups
    ],
  },
}
