// Dashboards and rules in the form of a monitoring mixin: add it to others with jsonnet, and change `_config`
// (dashboards/src/config.libsonnet) where something is otherwise.
local rules = {
  alerts: std.parseYaml(importstr 'prometheus/rules/xplenty-alerts.yml'),
  recording: std.parseYaml(importstr 'prometheus/rules/xplenty-recording.yml'),
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
