// Xplenty / Exporter: whether the values can be trusted, and what they cost.
local p = import 'panels.libsonnet';

function(config, q, common)
  local each(expr) = 'max by (instance, account) (%s)' % expr;
  local account = '{{instance}} {{account}}';
  local rate(name, of=q.account) = 'rate(%s[$__rate_interval])' % of(name);

  local now = [
    p.stat(
      'Targets up',
      'Share of the targets that Prometheus can scrape.',
      'avg(%s)' % q.exporter('up'),
      'percentunit'
    ) + p.thresholds([['red'], ['green', 1]]),
    p.stat(
      'Accounts up',
      'Share of the accounts whose last refresh completed.',
      'avg(%s)' % q.account('xplenty_up'),
      'percentunit'
    ) + p.thresholds([['red'], ['green', 1]]),
    p.stat(
      'Data age',
      'Time since the last completed refresh, for the account with the longest time.',
      'max(%s)' % q.age(q.account('xplenty_exporter_last_successful_refresh_timestamp_seconds')),
      's'
    ) + p.thresholds([['green'], ['yellow', 300], ['red', 900]]),
    p.stat(
      'API budget left',
      'Requests left in this hour, as a share of the limit, for the account with the smallest share.',
      'min(%s / %s)' % [q.account('xplenty_api_rate_limit_remaining'), q.account('xplenty_api_rate_limit')],
      'percentunit'
    ) + p.thresholds([['red'], ['yellow', 0.1], ['green', 0.3]]),
    p.stat(
      'Refresh errors, 1 h',
      'Refreshes that failed in the last hour.',
      'round(sum(increase(%s[1h])))' % q.account('xplenty_exporter_refresh_errors_total'),
      'short'
    ) + p.thresholds([['green'], ['yellow', 1], ['red', 10]]),
    p.stat(
      'Anomalies, 24 h',
      'Jobs whose data had to be interpreted in the last 24 hours.',
      'round(sum(increase(%s[24h])))' % q.account('xplenty_exporter_job_anomalies_total'),
      'short'
    ) + p.thresholds([['green'], ['yellow', 1]]),
    p.stat(
      'Config',
      'Whether the latest reload of the config succeeded on all targets.',
      'min(%s)' % q.exporter('xplenty_exporter_config_last_reload_successful'),
      'bool_on_off'
    ) + p.thresholds([['red'], ['green', 1]]) + p.defaults({ mappings: [{
      type: 'value',
      options: { '0': { text: 'Refused', index: 0 }, '1': { text: 'Loaded', index: 1 } },
    }] }),
    p.stat(
      'Uptime',
      'Time since the start of the process that started last.',
      'min(%s)' % q.age(q.exporter('process_start_time_seconds')),
      's'
    ) + p.thresholds([['text']]),
  ];

  local api = [
    p.timeseries(
      'Requests',
      'Requests to the API by HTTP status, retries included; "error" for requests without a complete response.',
      [p.target('sum by (code) (%s) > 0' % rate('xplenty_api_requests_total'), '{{code}}')],
      'reqps'
    ) + p.stacked + p.overrides([
      p.override('200', [['color', { mode: 'fixed', fixedColor: 'green' }]]),
      p.override('error', [['color', { mode: 'fixed', fixedColor: 'red' }]]),
    ]),
    p.timeseries(
      'Latency',
      'Time from sending a request to the end of its response.',
      [
        p.target(q.quantile(0.5, 'xplenty_api_request_duration_seconds', q.account), 'p50'),
        p.target(q.quantile(0.95, 'xplenty_api_request_duration_seconds', q.account), 'p95'),
        p.target(q.quantile(0.99, 'xplenty_api_request_duration_seconds', q.account), 'p99'),
      ],
      's'
    ),
    p.timeseries(
      'Failed requests',
      'Requests that did not end in 200, as a share of all.',
      [p.target(
        'sum by (account) (%s) / (sum by (account) (%s) > 0)' % [
          'rate(%s[$__rate_interval])' % q.account('xplenty_api_requests_total', ['code!="200"']),
          rate('xplenty_api_requests_total'),
        ],
        '{{account}}'
      )],
      'percentunit'
    ) + p.defaults({ max: 1 }),
    p.timeseries(
      'Budget',
      'Requests left in this hour and the limit, as reported by the API. Accounts with the same key share them.',
      [
        p.target('min by (account) (%s)' % q.account('xplenty_api_rate_limit_remaining'), '{{account}} left'),
        p.target('min by (account) (%s)' % q.account('xplenty_api_rate_limit'), '{{account}} limit'),
      ],
      'short'
    ),
  ];

  local refreshes = [
    p.timeseries(
      'Duration of a refresh',
      'Duration of the latest refresh.',
      [p.target(each(q.account('xplenty_exporter_refresh_duration_seconds')), account)],
      's'
    ),
    p.timeseries(
      'Age of the data',
      'Time since the last completed refresh, and since the last refresh with any outcome.',
      [
        p.target(each(q.age(q.account('xplenty_exporter_last_successful_refresh_timestamp_seconds'))), account + ' completed'),
        p.target(each(q.age(q.account('xplenty_exporter_last_refresh_timestamp_seconds'))), account + ' attempted'),
      ],
      's'
    ),
    p.timeseries(
      'Refresh errors',
      'Refreshes that did not complete, by reason.',
      [p.target('sum by (reason) (increase(%s[$__rate_interval]))' % q.account('xplenty_exporter_refresh_errors_total'), '{{reason}}')],
      'short'
    ) + p.bars,
    p.timeseries(
      'Watermark age',
      'Age of the newest update that has been read. It grows while nothing happens in the account.',
      [p.target(each(q.age(q.account('xplenty_exporter_watermark_timestamp_seconds'))), account)],
      's'
    ),
  ];

  local data = [
    p.timeseries(
      'Anomalies',
      'Jobs whose data had to be interpreted, by reason. Each job counts once per reason.',
      [p.target('sum by (reason) (increase(%s[$__rate_interval]))' % q.account('xplenty_exporter_job_anomalies_total'), '{{reason}}')],
      'short'
    ) + p.bars,
    p.timeseries(
      'Detail lost to limits',
      'Finished jobs that the series cap counts under "other", and unfinished jobs beyond the limit of per-job series.',
      [
        p.target('sum by (account) (increase(%s[$__rate_interval]))' % q.account('xplenty_exporter_overflow_jobs_total'), '{{account}} overflow'),
        p.target('max by (account) (%s)' % q.account('xplenty_exporter_unlisted_jobs'), '{{account}} unlisted'),
      ],
      'short'
    ),
    p.timeseries(
      'Series and jobs',
      'Series of packages and clusters, as the cap counts them, and jobs held in memory.',
      [
        p.target(each(q.account('xplenty_exporter_tracked_series')), account + ' series'),
        p.target(each(q.account('xplenty_exporter_tracked_jobs')), account + ' jobs'),
      ],
      'short'
    ),
    p.table(
      'Ledgers',
      'The start of counting and the watermark of each account.',
      ['instance', 'account'],
      [
        p.column(
          'Counts from',
          each('%s * 1000' % q.account('xplenty_exporter_count_from_timestamp_seconds')),
          p.unit('dateTimeAsIso')
        ),
        p.column(
          'Read up to',
          each('%s * 1000' % q.account('xplenty_exporter_watermark_timestamp_seconds')),
          p.unit('dateTimeAsIso')
        ),
      ],
      'Read up to',
      12,
      8
    ),
  ];

  local process = [
    p.timeseries(
      'Memory',
      'Resident memory of the process.',
      [p.target(q.exporter('process_resident_memory_bytes'), '{{instance}}')],
      'bytes'
    ),
    p.timeseries(
      'CPU',
      'CPU time used in a second.',
      [p.target(rate('process_cpu_seconds_total', q.exporter), '{{instance}}')],
      's'
    ),
    p.timeseries(
      'Descriptors and threads',
      'Open file descriptors, their limit, and threads.',
      [
        p.target(q.exporter('process_open_fds'), '{{instance}} open'),
        p.target(q.exporter('process_max_fds'), '{{instance}} limit'),
        p.target(q.exporter('process_threads'), '{{instance}} threads'),
      ],
      'short'
    ) + p.logarithmic,
    p.timeseries(
      'Scrapes',
      'How long Prometheus waits for a scrape, a refresh included, and how many samples it gets.',
      [
        p.target(q.exporter('scrape_duration_seconds'), '{{instance}} duration'),
        p.target(q.exporter('scrape_samples_scraped'), '{{instance}} samples'),
      ],
      's'
    ) + p.overrides([{
      matcher: { id: 'byRegexp', options: '/ samples$/' },
      properties: [{ id: 'unit', value: 'short' }, { id: 'custom.axisPlacement', value: 'right' }],
    }]),
    p.table(
      'Versions',
      'The version and config of each target.',
      ['instance', 'version', 'revision', 'compiler'],
      [
        p.column('Build', 'max by (instance, version, revision, compiler) (%s)' % q.exporter('xplenty_exporter_build_info')) + p.hidden,
        p.column(
          'Config loaded',
          'max by (instance) (%s * 1000)' % q.exporter('xplenty_exporter_config_last_reload_success_timestamp_seconds'),
          p.unit('dateTimeAsIso')
        ),
      ],
      'instance',
      24,
      6
    ),
  ];

  p.dashboard(
    config,
    'xplenty-exporter',
    'Xplenty / Exporter',
    'The exporter of Integrate.io (Xplenty) jobs: the API and its budget, refreshes, anomalies, and the process.',
    'now-6h',
    common.variables.exporter,
    [common.annotations.restarts],
    [
      p.row('Now', now),
      p.row('API', api),
      p.row('Refreshes', refreshes),
      p.row('Data', data),
      p.row('Process', process, collapsed=true),
    ]
  )
