// A function from the config to { 'xplenty-overview.json': dashboard, ... }.
function(config)
  local q = (import 'queries.libsonnet').new(config.clusterLabel);
  local common = (import 'common.libsonnet')(config, q);
  {
    'xplenty-overview.json': (import 'overview.libsonnet')(config, q, common),
    'xplenty-package.json': (import 'package.libsonnet')(config, q, common),
    'xplenty-exporter.json': (import 'exporter.libsonnet')(config, q, common),
  }
