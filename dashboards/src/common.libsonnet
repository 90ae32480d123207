// The parts that all dashboards share: variables, annotations, and links to each other.
local p = import 'panels.libsonnet';

function(config, q) {
  local v = p.variable,
  local common = [
    v.datasource,
    v.query('job', 'xplenty_up') + v.several('.+'),
    v.query('instance', 'xplenty_up{job=~"$job"}') + v.several('.+'),
    v.query('account', q.exporter('xplenty_up')) + v.several('.*'),
  ],
  // A package keeps its own series when those of its clusters are retired; one that has never finished has those only.
  local ofPackages = '__name__=~"xplenty_package_last_finish_timestamp_seconds|xplenty_job_output_records_total"',
  local package = v.query('package', q.account('', [ofPackages])),
  local cluster = v.query('cluster', q.package('xplenty_job_output_records_total'), config.clusterLabel) + v.several('.*'),
  // Clusters may be as many as runs, so they are apart only where asked.
  local split = v.custom('split', 'Split by', [['Package', 'package'], ['Cluster', config.clusterLabel]]),
  local service = v.text('service', 'Service', config.serviceUrl),
  variables:: {
    exporter: common,
    jobs: common + [package + v.several('.*'), cluster, service],
    package: common + [package, cluster, split, service],
  },

  annotations:: {
    restarts: p.annotation(
      'Exporter restarts',
      'changes(%s[$__rate_interval]) > 0' % q.exporter('process_start_time_seconds'),
      '{{instance}} restarted',
      'orange'
    ),
    failures: p.annotation(
      'Failed jobs',
      'sum by (account, package) (increase(%s[$__rate_interval])) > 0' %
      q.job('xplenty_jobs_finished_total', ['status="failed"']),
      '{{package}} failed',
      'red',
      enable=false
    ),
  },

  // The links of a row that has the fields account, package and package_id.
  packageLinks:: p.links([
    [
      'This package in detail',
      '/d/xplenty-package?${datasource:queryparam}&${job:queryparam}&${instance:queryparam}' +
      '&var-account=${__data.fields.account}&var-package=${__data.fields.package}&${__url_time_range}',
    ],
    ['The package in Integrate.io', '${service:raw}/${__data.fields.account}/packages/${__data.fields.package_id}', 'new tab'],
  ]),
}
