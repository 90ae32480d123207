// Panels, variables and the outer parts of a dashboard, with the settings that all dashboards share.
local datasource = { type: 'prometheus', uid: '${datasource}' };

local colours = {
  completed: 'green',
  failed: 'red',
  stopped: 'orange',
  running: 'blue',
  queued: 'yellow',
  pending: 'light-yellow',
  idle: 'text',
  stopping: 'light-orange',
  pending_stoppage: 'super-light-orange',
  unknown: 'purple',
};

local panel(type, title, description, targets, unit, width, height) = {
  type: type,
  title: title,
  description: description,
  datasource: datasource,
  gridPos: { w: width, h: height },
  fieldConfig: { defaults: { unit: unit }, overrides: [] },
  options: {},
  // Adds the refIds A, B, C, ...
  targets: std.mapWithIndex(function(i, target) { refId: std.char(65 + i) } + target, targets),
};

local steps(bounds) = {
  mode: 'absolute',
  // The first colour has no lower bound.
  steps: [{ color: b[0], value: if std.length(b) > 1 then b[1] else null } for b in bounds],
};

{
  // The colour of each status, in all panels.
  byStatus:: [
    $.override(status, [['color', { mode: 'fixed', fixedColor: colours[status] }]])
    for status in std.objectFields(colours)
  ],

  statusMappings:: [{
    type: 'value',
    options: {
      '1': { text: 'completed', color: colours.completed, index: 0 },
      '2': { text: 'failed', color: colours.failed, index: 1 },
      '3': { text: 'stopped', color: colours.stopped, index: 2 },
    },
  }],

  // `bounds`: [['green'], ['yellow', 1], ['red', 3]].
  thresholds(bounds):: { fieldConfig+: { defaults+: { thresholds: steps(bounds) } } },
  defaults(values):: { fieldConfig+: { defaults+: values } },
  overrides(list):: { fieldConfig+: { overrides+: list } },
  override(field, properties):: {
    matcher: { id: 'byName', options: field },
    properties: [{ id: p[0], value: p[1] } for p in properties],
  },
  // The smallest step of a graph: jobs are rare, so a finer one would show single points.
  interval(duration):: { interval: duration },

  target(expr, legend=''):: {
    datasource: datasource,
    editorMode: 'code',
    expr: expr,
    legendFormat: legend,
    range: true,
  },
  instant(expr, legend=''):: self.target(expr, legend) + { range: false, instant: true },
  forTable(expr):: self.instant(expr) + { format: 'table' },
  withExemplars:: { exemplar: true },

  stat(title, description, expr, unit, width=3)::
    panel('stat', title, description, [$.target(expr)], unit, width, 4) + {
      fieldConfig+: { defaults+: { noValue: '-' } },
      options: {
        colorMode: 'value',
        graphMode: 'area',
        justifyMode: 'auto',
        textMode: 'value',
        wideLayout: true,
        showPercentChange: false,
        percentChangeColorMode: 'standard',
        orientation: 'auto',
        reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
      },
    },

  timeseries(title, description, targets, unit, width=12, height=8)::
    panel('timeseries', title, description, targets, unit, width, height) + {
      fieldConfig+: {
        defaults+: {
          min: 0,
          custom: {
            drawStyle: 'line',
            lineWidth: 1,
            fillOpacity: 10,
            showPoints: 'auto',
            spanNulls: false,
            stacking: { mode: 'none', group: 'A' },
          },
        },
      },
      options: {
        legend: { displayMode: 'table', placement: 'bottom', showLegend: true, calcs: ['lastNotNull', 'max'] },
        tooltip: { mode: 'multi', sort: 'desc' },
      },
    },
  stacked:: { fieldConfig+: { defaults+: { custom+: { stacking: { mode: 'normal', group: 'A' }, fillOpacity: 60 } } } },
  bars:: { fieldConfig+: { defaults+: { custom+: { drawStyle: 'bars', stacking: { mode: 'normal', group: 'A' }, fillOpacity: 80 } } } },
  logarithmic:: { fieldConfig+: { defaults+: { min: 1, custom+: { scaleDistribution: { type: 'log', log: 10 } } } } },
  // Every value is that of a job and stays until the next job.
  stepped:: { fieldConfig+: { defaults+: { custom+: { lineInterpolation: 'stepAfter' } } } },

  bargauge(title, description, expr, legend, unit, width, height=8)::
    panel('bargauge', title, description, [$.instant(expr, legend)], unit, width, height) + {
      fieldConfig+: { defaults+: { min: 0 } },
      options: {
        displayMode: 'basic',
        orientation: 'horizontal',
        showUnfilled: true,
        minVizWidth: 8,
        minVizHeight: 16,
        maxVizHeight: 32,
        sizing: 'auto',
        namePlacement: 'auto',
        valueMode: 'color',
        legend: { showLegend: false, displayMode: 'list', placement: 'bottom', calcs: [] },
        reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
      },
    },

  heatmap(title, description, expr, unit, width=12, height=8)::
    panel('heatmap', title, description, [$.target(expr, '{{le}}') + { format: 'heatmap' }], 'short', width, height) + {
      options: {
        calculate: false,
        cellGap: 1,
        color: { mode: 'scheme', scheme: 'Oranges', steps: 64, exponent: 0.5, fill: 'dark-orange', scale: 'exponential', reverse: false },
        exemplars: { color: 'rgba(87,148,242,0.9)' },
        filterValues: { le: 1e-9 },
        legend: { show: true },
        rowsFrame: { layout: 'auto' },
        showValue: 'never',
        tooltip: { mode: 'single', yHistogram: true },
        yAxis: { axisPlacement: 'left', unit: unit, reverse: false },
      },
    },

  stateTimeline(title, description, expr, legend, width=12, height=4)::
    panel('state-timeline', title, description, [$.target(expr, legend)], 'short', width, height) + {
      fieldConfig+: { defaults+: { custom: { fillOpacity: 80, lineWidth: 0 }, mappings: $.statusMappings } },
      options: {
        alignValue: 'left',
        mergeValues: true,
        rowHeight: 0.8,
        showValue: 'auto',
        legend: { displayMode: 'list', placement: 'bottom', showLegend: false, calcs: [] },
        tooltip: { mode: 'single', sort: 'none' },
      },
    },

  // `columns`: [{ expr, name, properties }], each with one value; `keys`: the labels that identify a row.
  table(title, description, keys, columns, sortBy, width=24, height=10)::
    local letter(i) = std.char(65 + i);
    panel('table', title, description, [$.forTable(column.expr) for column in columns], 'short', width, height) + {
      fieldConfig+: {
        defaults+: { noValue: '-', custom: { align: 'auto', filterable: true, cellOptions: { type: 'auto' } } },
        overrides: [$.override(column.name, column.properties) for column in columns if column.properties != []],
      },
      options: { showHeader: true, cellHeight: 'sm', frameIndex: 0, sortBy: [{ displayName: sortBy, desc: true }] },
      transformations: [
        { id: 'merge', options: {} },
        {
          id: 'organize',
          options: {
            excludeByName: { Time: true } + {
              ['Value #' + letter(i)]: true
              for i in std.range(0, std.length(columns) - 1)
              if std.objectHas(columns[i], 'hidden')
            },
            indexByName: { [keys[i]]: i for i in std.range(0, std.length(keys) - 1) } +
                         { ['Value #' + letter(i)]: std.length(keys) + i for i in std.range(0, std.length(columns) - 1) },
            renameByName: { ['Value #' + letter(i)]: columns[i].name for i in std.range(0, std.length(columns) - 1) },
          },
        },
      ],
    },
  column(name, expr, properties=[]):: { name: name, expr: expr, properties: properties },
  hidden:: { hidden: true },
  unit(unit):: [['unit', unit]],
  // The colours of a column's text.
  coloured(bounds):: [['thresholds', steps(bounds)], ['custom.cellOptions', { type: 'color-text' }]],
  links(list):: ['links', [{ title: l[0], url: l[1], targetBlank: std.length(l) > 2 } for l in list]],

  row(title, panels, collapsed=false):: { title: title, panels: panels, collapsed: collapsed },

  variable:: {
    datasource: {
      type: 'datasource',
      name: 'datasource',
      label: 'Data source',
      query: 'prometheus',
      options: [],
      hide: 0,
      includeAll: false,
      multi: false,
      refresh: 1,
      regex: '',
      skipUrlSync: false,
    },
    query(name, selector, label=name):: {
      type: 'query',
      name: name,
      label: std.asciiUpper(name[0]) + name[1:],
      datasource: datasource,
      query: { qryType: 1, query: 'label_values(%s, %s)' % [selector, label], refId: 'variable' },
      refresh: 2,
      sort: 1,
      multi: false,
      includeAll: false,
      options: [],
      hide: 0,
      regex: '',
      skipUrlSync: false,
    },
    // `all` is `.+` for a label that every series has, and `.*` for one that the config may leave out.
    several(all):: {
      multi: true,
      includeAll: true,
      allValue: all,
      current: { selected: true, text: ['All'], value: ['$__all'] },
    },
    // `choices`: [[text, value], ...], the first of which is chosen.
    custom(name, label, choices):: {
      type: 'custom',
      name: name,
      label: label,
      query: std.join(', ', ['%s : %s' % choice for choice in choices]),
      current: self.options[0],
      options: [{ selected: c == choices[0], text: c[0], value: c[1] } for c in choices],
      multi: false,
      includeAll: false,
      hide: 0,
      skipUrlSync: false,
    },
    text(name, label, value):: {
      type: 'textbox',
      name: name,
      label: label,
      query: value,
      current: { selected: true, text: value, value: value },
      options: [{ selected: true, text: value, value: value }],
      hide: 0,
      skipUrlSync: false,
    },
  },

  annotation(name, expr, title, colour, enable=true):: {
    name: name,
    datasource: datasource,
    enable: enable,
    expr: expr,
    iconColor: colour,
    titleFormat: title,
  },

  // Panels are placed from left to right under the title of their row; a collapsed row contains its panels.
  local place(panels, y) = std.foldl(
    function(state, panel)
      local wraps = state.x + panel.gridPos.w > 24;
      local x = if wraps then 0 else state.x;
      local top = if wraps then state.bottom else state.top;
      {
        x: x + panel.gridPos.w,
        top: top,
        bottom: std.max(state.bottom, top + panel.gridPos.h),
        placed: state.placed + [panel { gridPos: { x: x, y: top } + panel.gridPos }],
      },
    panels,
    { x: 0, top: y, bottom: y, placed: [] }
  ),
  local layout(rows) = std.foldl(
    function(state, row)
      local inside = place(row.panels, state.y + 1);
      local title = {
        type: 'row',
        title: row.title,
        collapsed: row.collapsed,
        gridPos: { x: 0, y: state.y, w: 24, h: 1 },
        panels: if row.collapsed then inside.placed else [],
      };
      {
        y: if row.collapsed then state.y + 1 else inside.bottom,
        panels: state.panels + [title] + if row.collapsed then [] else inside.placed,
      },
    rows,
    { y: 0, panels: [] }
  ).panels,
  local numbered(panels, first=1) = std.foldl(
    function(state, panel)
      local inside = numbered(std.get(panel, 'panels', []), state.next + 1);
      {
        next: inside.next,
        panels: state.panels + [panel { id: state.next } + if panel.type == 'row' then { panels: inside.panels } else {}],
      },
    panels,
    { next: first, panels: [] }
  ),

  dashboard(config, uid, title, description, time, variables, annotations, rows):: {
    uid: uid,
    title: title,
    description: description,
    tags: config.tags,
    schemaVersion: 39,
    version: 1,
    editable: false,
    graphTooltip: 1,
    timezone: 'browser',
    refresh: config.refresh,
    time: { from: time, to: 'now' },
    links: [{
      type: 'dashboards',
      title: 'Xplenty',
      tooltip: 'The dashboards of this exporter',
      tags: ['xplenty'],
      asDropdown: true,
      includeVars: true,
      keepTime: true,
      targetBlank: false,
      icon: 'external link',
      url: '',
    }],
    annotations: { list: annotations },
    templating: { list: variables },
    panels: numbered(layout(rows)).panels,
  },
}
