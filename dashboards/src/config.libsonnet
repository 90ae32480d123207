// What an operator may want to have otherwise: `(import 'mixin.libsonnet') + { _config+:: {...} }`.
{
  // Where the pages of docs/alerts can be read. A placeholder: no such host exists.
  runbookUrl: 'https://xplenty-exporter.example/docs/alerts',
  // Where people look at packages and jobs; also a variable of the dashboards.
  serviceUrl: 'https://dashboard.integrate.io',
  // The label of the ETL cluster, if metrics.labels.cluster renames it.
  clusterLabel: 'cluster',
  tags: ['xplenty', 'etl'],
  refresh: '1m',
}
