// Xplenty / Package: one package in detail, compared with its usual values.
local p = import 'panels.libsonnet';

function(config, q, common)
  local cluster = config.clusterLabel;
  local most(name) = 'max(%s)' % q.package(name);
  local usualRuntime = most('package:xplenty_job_runtime_seconds:mean14d');
  local usualRecords = most('package:xplenty_package_last_success_output_records:median7d');
  local lastRuntime = most('xplenty_package_last_success_runtime_seconds');
  local lastRecords = most('xplenty_package_last_success_output_records');
  local runningFor = 'max(%s)' % q.age(q.job('xplenty_job_oldest_running_start_timestamp_seconds'));
  local completed = ['status="completed"'];

  local summary = [
    p.stat('Latest job', 'How the latest job of the package ended.', q.lastStatus(['account', 'package']), 'short') +
    p.defaults({ mappings: p.statusMappings }) + p.thresholds([['text']]),
    p.stat(
      'Last success',
      'Time since the latest completed job finished.',
      'max(%s)' % q.age(q.package('xplenty_package_last_success_timestamp_seconds')),
      's'
    ) + p.thresholds([['text']]),
    p.stat(
      'Share of its interval',
      'Time since the last success as a share of the interval that the config expects; absent if it expects none.',
      'max(%s) / %s' % [
        q.age(q.package('xplenty_package_last_success_timestamp_seconds')),
        most('xplenty_package_expected_interval_seconds'),
      ],
      'percentunit'
    ) + p.thresholds([['green'], ['yellow', 1], ['red', 2]]),
    p.stat(
      'Failures in a row',
      'Failed jobs since the last completed one.',
      most('xplenty_package_consecutive_failures'),
      'short'
    ) + p.thresholds([['green'], ['yellow', 1], ['red', 3]]),
    p.stat(
      'Runtime against usual',
      'Runtime of the latest completed job, as a share of the mean of the last 14 days.',
      '%s / (%s > 0)' % [lastRuntime, usualRuntime],
      'percentunit'
    ) + p.thresholds([['green'], ['yellow', 1.5], ['red', 3]]),
    p.stat(
      'Records against usual',
      'Records of the latest completed job, as a share of the median of the last 7 days.',
      '%s / (%s > 0)' % [lastRecords, usualRecords],
      'percentunit'
    ) + p.thresholds([['red'], ['yellow', 0.5], ['green', 0.8]]),
    p.stat(
      'Running for',
      'Time since the start of its job that has run longest.',
      runningFor,
      's'
    ) + p.thresholds([['blue']]),
    p.stat(
      'Waiting for',
      'Time since the creation of its job that has waited longest.',
      'max(%s)' % q.age(q.job('xplenty_job_oldest_waiting_creation_timestamp_seconds')),
      's'
    ) + p.thresholds([['green'], ['yellow', 300], ['red', 900]]),
  ];

  local runs = [
    p.timeseries(
      'Jobs finished',
      'Each finished job, by status.',
      [p.target('sum by (status) (increase(%s[$__rate_interval]))' % q.job('xplenty_jobs_finished_total'), '{{status}}')],
      'short'
    ) + p.bars + p.interval('1m') + p.overrides(p.byStatus),
    p.timeseries(
      'Unfinished jobs',
      'Its jobs that wait, run or stop, by status.',
      [p.target('sum by (status) (%s)' % q.job('xplenty_jobs', ['status!~"completed|failed|stopped"']), '{{status}}')],
      'short'
    ) + p.stacked + p.overrides(p.byStatus),
    p.stateTimeline(
      'Latest job over time',
      'How the latest job had ended at each time.',
      q.lastStatus(['account', 'package']),
      '{{package}}',
    ),
    p.bargauge(
      'Progress',
      'Mean progress of its running jobs: of all, or of those of each cluster if "Split by" is Cluster.',
      'avg by ($split) (%s)' % q.job('xplenty_job_progress_ratio'),
      '{{package}}{{%s}}' % cluster,
      'percentunit',
      12,
      4
    ) + p.defaults({ max: 1 }) + p.thresholds([['blue'], ['green', 0.9]]),
  ];

  local runtimes = [
    p.timeseries(
      'Runtime against usual',
      'Runtime of the latest completed job, and the mean of the last 14 days. The runtime of a running job is shown as it grows.',
      [
        p.target(lastRuntime, 'last'),
        p.target(usualRuntime, 'usual'),
        p.target(runningFor, 'running now'),
      ],
      's'
    ) + p.stepped,
    p.timeseries(
      'Runtime of all jobs',
      'Runtimes of its finished jobs with any status. The dots are single jobs, with their ids.',
      [
        p.target(q.quantile(0.5, 'xplenty_job_runtime_seconds', q.job), 'p50') + p.withExemplars,
        p.target(q.quantile(0.95, 'xplenty_job_runtime_seconds', q.job), 'p95'),
        p.target(q.quantile(0.99, 'xplenty_job_runtime_seconds', q.job), 'p99'),
      ],
      's'
    ) + p.interval('1h'),
  ];

  local records = [
    p.timeseries(
      'Records against usual',
      'Records of the latest completed job, and the median of the last 7 days.',
      [p.target(lastRecords, 'last'), p.target(usualRecords, 'usual')],
      'short'
    ) + p.stepped,
    p.timeseries(
      'Records per hour',
      'Records that its finished jobs wrote in the hour before, and those of unfinished ones so far.',
      [
        p.target('sum(increase(%s[1h]))' % q.job('xplenty_job_output_records_total'), 'finished'),
        p.target('sum(%s)' % q.job('xplenty_job_unfinished_output_records'), 'unfinished so far'),
      ],
      'short'
    ),
  ];

  local waits = [
    p.timeseries(
      'Wait before start',
      'Time from creation to start of its jobs that finished.',
      [
        p.target(q.quantile(0.5, 'xplenty_job_wait_seconds', q.job), 'p50'),
        p.target(q.quantile(0.95, 'xplenty_job_wait_seconds', q.job), 'p95'),
        p.target(q.quantile(0.99, 'xplenty_job_wait_seconds', q.job), 'p99'),
      ],
      's'
    ) + p.interval('1h'),
    p.heatmap(
      'Runtime distribution',
      'Its completed jobs, by runtime.',
      q.heatmap('xplenty_job_runtime_seconds', q.job, completed),
      's'
    ) + p.interval('1h') + { targets: [super.targets[0] + p.withExemplars] },
  ];

  local sumOf(expr) = 'sum by ($split) (%s)' % expr;
  local finishedIn(matchers) = sumOf('increase(%s[$__range])' % q.job('xplenty_jobs_finished_total', matchers)) + ' >= 0.5';
  local totals = [
    p.table(
      'Totals',
      'Its jobs in the selected time range: how they ended, their mean runtime and their records. If "Split by" is Cluster, each ' +
      'cluster has a row.',
      ['package', cluster],
      [
        p.column('Unfinished', sumOf(q.job('xplenty_jobs', ['status!~"completed|failed|stopped"'])) + ' > 0'),
        p.column('Completed', finishedIn(completed), [['decimals', 0]]),
        p.column('Failed', finishedIn(['status="failed"']), [['decimals', 0]] + p.coloured([['text'], ['red', 1]])),
        p.column('Mean runtime', q.mean('xplenty_job_runtime_seconds', q.job, ['$split'], '$__range', completed), p.unit('s')),
        p.column('Records', sumOf('increase(%s[$__range])' % q.job('xplenty_job_output_records_total')) + ' >= 0.5', [['decimals', 0]] + p.unit('short')),
      ],
      'Completed',
      24,
      8
    ),
  ];

  p.dashboard(
    config,
    'xplenty-package',
    'Xplenty / Package',
    'One package of an Integrate.io (Xplenty) account: each finish, and runtimes, records and waits compared with the usual values.',
    'now-7d',
    common.variables.package,
    [common.annotations.restarts, common.annotations.failures],
    [
      p.row('Now', summary),
      p.row('Jobs', runs),
      p.row('Runtime', runtimes),
      p.row('Records', records),
      p.row('Waiting and distribution', waits),
      p.row('Totals', totals),
    ]
  ) + {
    links+: [{
      type: 'link',
      title: 'Integrate.io',
      tooltip: 'The packages of this account in the service',
      url: '${service:raw}/${account:raw}/packages',
      tags: [],
      asDropdown: false,
      includeVars: false,
      keepTime: false,
      targetBlank: true,
      icon: 'external link',
    }],
  }
