// The settings that an operator may want to change: `(import 'mixin.libsonnet') + { _config+:: {...} }`.
{
  // The place of the pages of docs/alerts. This is a placeholder: the host does not exist.
  runbookUrl: 'https://xplenty-exporter.example/docs/alerts',
  // The service's own pages of packages and jobs; also a variable of the dashboards.
  serviceUrl: 'https://dashboard.integrate.io',
  // The label of the ETL cluster, if metrics.labels.cluster renames it.
  clusterLabel: 'cluster',
  tags: ['xplenty', 'etl'],
  refresh: '1m',
}
