// The selectors and expressions that the dashboards share.
{
  local joined(matchers) = std.join(', ', matchers),
  local target = ['job=~"$job"', 'instance=~"$instance"'],

  new(clusterLabel):: {
    // The series of the exporter itself, of an account, of a package, of a package-cluster.
    exporter(name, matchers=[]):: '%s{%s}' % [name, joined(matchers + target)],
    account(name, matchers=[]):: self.exporter(name, matchers + ['account=~"$account"']),
    package(name, matchers=[]):: self.account(name, matchers + ['package=~"$package"']),
    job(name, matchers=[]):: self.package(name, matchers + [clusterLabel + '=~"$cluster"']),

    // A histogram is queried in both forms: if Prometheus has stored the native form, it has no _bucket,
    // _sum and _count, so one of the two parts is always empty. `of` is one of the functions above.
    quantile(q, name, of, by=[], matchers=[])::
      local range = '[$__rate_interval]';
      'histogram_quantile(%g, sum by (%s) (rate(%s%s)))' % [q, joined(['le'] + by), of(name + '_bucket', matchers), range] +
      ' or histogram_quantile(%g, sum%s (rate(%s%s)))' % [
        q,
        if by == [] then '' else ' by (%s)' % joined(by),
        of(name, matchers),
        range,
      ],
    heatmap(name, of, matchers=[])::
      'sum by (le) (increase(%s[$__rate_interval]))' % of(name + '_bucket', matchers) +
      ' or sum(increase(%s[$__rate_interval]))' % of(name, matchers),
    mean(name, of, by, range, matchers=[])::
      local sum(what) = 'sum by (%s) (%s)' % [joined(by), what];
      local increase(suffix) = 'increase(%s[%s])' % [of(name + suffix, matchers), range];
      '%s / (%s > 0)' % [sum(increase('_sum')), sum(increase('_count'))] +
      ' or histogram_sum(%(native)s) / (histogram_count(%(native)s) > 0)' % { native: sum(increase('')) },

    // The result is 1 (completed), 2 (failed) or 3 (stopped); `statusMappings` in panels.libsonnet turns it into words.
    lastStatus(by)::
      local is(status, number) =
        '%d * (%s == 1)' % [number, self.package('xplenty_package_last_status', ['status="%s"' % status])];
      'max by (%s) (%s)' % [
        joined(by),
        std.join(' or ', [is('completed', 1), is('failed', 2), is('stopped', 3)]),
      ],

    age(selector):: 'time() - ' + selector,
  },
}
