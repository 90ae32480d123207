// Xplenty / Overview: what runs, what failed, what is late.
local p = import 'panels.libsonnet';

function(config, q, common)
  local waiting = ['status=~"idle|pending|queued"'];
  local finished(status, range) = 'sum(increase(%s[%s]))' % [q.job('xplenty_jobs_finished_total', [status]), range];
  local successRatio(range) =
    '%s / (%s > 0)' % [finished('status="completed"', range), finished('status=~"completed|failed"', range)];
  local byPackage(name) = 'max by (account, package) (%s)' % q.package(name);

  local now = [
    p.stat(
      'API',
      'Whether the last refresh of every selected account completed.',
      'min(%s)' % q.account('xplenty_up'),
      'bool_on_off'
    ) + p.thresholds([['red'], ['green', 1]]) + p.defaults({ mappings: [{
      type: 'value',
      options: { '0': { text: 'Down', index: 0 }, '1': { text: 'Up', index: 1 } },
    }] }),
    p.stat(
      'Data age',
      'Time since the last completed refresh, for the account with the longest time.',
      'max(%s)' % q.age(q.account('xplenty_exporter_last_successful_refresh_timestamp_seconds')),
      's'
    ) + p.thresholds([['green'], ['yellow', 300], ['red', 900]]),
    p.stat(
      'Running',
      'Jobs that run now.',
      'sum(%s)' % q.job('xplenty_jobs', ['status="running"']),
      'short'
    ) + p.thresholds([['blue']]),
    p.stat(
      'Waiting',
      'Jobs that have been created and have not started: idle, pending or queued.',
      'sum(%s)' % q.job('xplenty_jobs', waiting),
      'short'
    ) + p.thresholds([['green'], ['yellow', 10]]),
    p.stat(
      'Longest run',
      'Time since the start of the job that has run longest.',
      'max(%s)' % q.age(q.job('xplenty_job_oldest_running_start_timestamp_seconds')),
      's'
    ) + p.thresholds([['green'], ['yellow', 14400], ['red', 28800]]),
    p.stat(
      'Longest wait',
      'Time since the creation of the job that has waited longest.',
      'max(%s)' % q.age(q.job('xplenty_job_oldest_waiting_creation_timestamp_seconds')),
      's'
    ) + p.thresholds([['green'], ['yellow', 300], ['red', 900]]),
    p.stat(
      'Failed, 24 h',
      'Jobs that failed in the last 24 hours.',
      'round(%s)' % finished('status="failed"', '24h'),
      'short'
    ) + p.thresholds([['green'], ['red', 1]]),
    p.stat(
      'API budget left',
      'Requests left in this hour, as a share of the limit, for the account with the smallest share.',
      'min(%s / %s)' % [q.account('xplenty_api_rate_limit_remaining'), q.account('xplenty_api_rate_limit')],
      'percentunit'
    ) + p.thresholds([['red'], ['yellow', 0.1], ['green', 0.3]]),
    p.timeseries(
      'Unfinished jobs',
      'Jobs that wait, run or stop, by status.',
      [p.target('sum by (status) (%s)' % q.job('xplenty_jobs', ['status!~"completed|failed|stopped"']), '{{status}}')],
      'short'
    ) + p.stacked + p.overrides(p.byStatus),
    p.bargauge(
      'Progress of running jobs',
      'Mean progress of the running jobs of each package. The dashboard of a package shows it by cluster.',
      'avg by (account, package) (%s)' % q.job('xplenty_job_progress_ratio'),
      '{{package}}',
      'percentunit',
      12
    ) + p.defaults({ max: 1 }) + p.thresholds([['blue'], ['green', 0.9]]),
  ];

  local outcomes = [
    p.timeseries(
      'Jobs finished',
      'Jobs that ended, by status. Each is counted once.',
      [p.target('sum by (status) (increase(%s[$__rate_interval]))' % q.job('xplenty_jobs_finished_total'), '{{status}}')],
      'short'
    ) + p.bars + p.interval('5m') + p.overrides(p.byStatus),
    p.timeseries(
      'Success ratio',
      'Completed jobs as a share of completed and failed ones. Stopped jobs do not count.',
      [p.target(successRatio('1h'), 'last hour'), p.target(successRatio('24h'), 'last 24 hours')],
      'percentunit',
      8
    ) + p.defaults({ max: 1 }),
    p.bargauge(
      'Failures by package',
      'Jobs that failed in the selected time range, for the ten packages with the most failures.',
      'topk(10, sum by (account, package) (increase(%s[$__range])) >= 0.5)' %
      q.job('xplenty_jobs_finished_total', ['status="failed"']),
      '{{package}}',
      'short',
      4
    ) + p.defaults({ decimals: 0 }) + p.thresholds([['red']]),
  ];

  local runtimes = [
    p.timeseries(
      'Runtime',
      'Runtime of the jobs that finished: the median and the 95th and 99th percentiles. The dots are single jobs, with their ids.',
      [
        p.target(q.quantile(0.5, 'xplenty_job_runtime_seconds', q.job), 'p50') + p.withExemplars,
        p.target(q.quantile(0.95, 'xplenty_job_runtime_seconds', q.job), 'p95'),
        p.target(q.quantile(0.99, 'xplenty_job_runtime_seconds', q.job), 'p99'),
      ],
      's'
    ) + p.interval('15m'),
    p.heatmap(
      'Runtime distribution',
      'Jobs that finished, by runtime. The dots are single jobs, with their ids.',
      q.heatmap('xplenty_job_runtime_seconds', q.job),
      's'
    ) + p.interval('15m') + { targets: [super.targets[0] + p.withExemplars] },
    p.timeseries(
      'Wait before start',
      'Time from creation to start of the jobs that finished.',
      [
        p.target(q.quantile(0.5, 'xplenty_job_wait_seconds', q.job), 'p50'),
        p.target(q.quantile(0.95, 'xplenty_job_wait_seconds', q.job), 'p95'),
      ],
      's'
    ) + p.interval('15m'),
    p.timeseries(
      'Records per hour',
      'Records that finished jobs wrote in the hour before, by package.',
      [p.target('sum by (account, package) (increase(%s[1h]))' % q.job('xplenty_job_output_records_total'), '{{package}}')],
      'short'
    ) + p.stacked,
  ];

  local lastSuccess = q.age(q.package('xplenty_package_last_success_timestamp_seconds'));
  local interval = q.package('xplenty_package_expected_interval_seconds');
  local freshness = [
    p.table(
      'Packages',
      'How long ago each package last succeeded, compared with the interval that the config expects; how its latest job ended, ' +
      'and how many have failed since the last success. A package leads to its own dashboard and to the service.',
      ['account', 'package', 'package_id'],
      [
        p.column('Last success', 'max by (account, package) (%s)' % lastSuccess, p.unit('s')),
        p.column('Expected every', byPackage('xplenty_package_expected_interval_seconds'), p.unit('s')),
        p.column(
          'Share of it',
          'max by (account, package) (%s) / max by (account, package) (%s)' % [lastSuccess, interval],
          p.unit('percentunit') + p.coloured([['green'], ['yellow', 1], ['red', 2]])
        ),
        p.column(
          'Last status',
          q.lastStatus(['account', 'package']),
          [['mappings', p.statusMappings], ['custom.cellOptions', { type: 'color-text' }]]
        ),
        p.column(
          'Failures in a row',
          byPackage('xplenty_package_consecutive_failures'),
          p.coloured([['green'], ['yellow', 1], ['red', 3]])
        ),
        p.column('Last runtime', byPackage('xplenty_package_last_success_runtime_seconds'), p.unit('s')),
        p.column('Last records', byPackage('xplenty_package_last_success_output_records'), p.unit('short')),
        // The link needs the id.
        p.column('Id', 'max by (account, package, package_id) (%s)' % q.package('xplenty_package_info')) + p.hidden,
      ],
      'Failures in a row'
    ) + {
      fieldConfig+: { overrides+: [
        p.override('package', [common.packageLinks]),
        p.override('package_id', [['custom.hidden', true]]),
      ] },
    },
  ];

  p.dashboard(
    config,
    'xplenty-overview',
    'Xplenty / Overview',
    'ETL jobs of Integrate.io (Xplenty): what runs, what failed, how long it took, how much it wrote and what is late.',
    'now-24h',
    common.variables.jobs,
    [common.annotations.restarts, common.annotations.failures],
    [
      p.row('Now', now),
      p.row('Outcomes', outcomes),
      p.row('Runtime and volume', runtimes),
      p.row('Freshness', freshness),
    ]
  )
