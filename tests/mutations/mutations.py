"""Changes that break a promise, each with the test that must fail. See run.py."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutation:
    promise: str
    name: str
    breaks: str  # what the change does
    file: str
    before: str  # occurs once in the file
    after: str
    test: str  # EXECUTABLE\.SUITE.TEST: the beginning of the tests' names, as a regular expression


ALL = [
    Mutation(
        "P3", "publish_before_commit", "a page is published although it could not be written",
        "exporter/ledger/ledger.cc",
        "    RETURN_IF_ERROR(Write(pending->batch));\n  }\n  if (header_",
        "    if (auto status = Write(pending->batch); !status) {\n      aggregates_.Apply(*pending);\n"
        "      return status;\n    }\n  }\n  if (header_",
        r"ledger_test\.P3FaultyDisk\.RecoversFromAnErrorAtAny",
    ),
    Mutation(
        "P3", "trust_failed_write", "the state on disk is not read again after a failed write",
        "exporter/ledger/ledger.cc",
        "write_failed_ = true;",
        "write_failed_ = false;",
        r"ledger_test\.P3FaultyDisk\.RecoversFromAnErrorAfterAny",
    ),
    Mutation(
        "P3", "no_sync", "commits are not synced to the disk",
        "exporter/ledger/job_database.cc",
        "journal_mode=TRUNCATE; PRAGMA synchronous=EXTRA",
        "journal_mode=TRUNCATE; PRAGMA synchronous=OFF",
        r"ledger_test\.P3FaultyDisk\.PowerCut",
    ),
    Mutation(
        "P3", "no_journal_on_disk", "a crash within a transaction leaves half of it",
        "exporter/ledger/job_database.cc",
        "journal_mode=TRUNCATE; PRAGMA synchronous=EXTRA",
        "journal_mode=MEMORY; PRAGMA synchronous=EXTRA",
        r"ledger_test\.P3FaultyDisk\.KillAnywhere",
    ),
    Mutation(
        "P5", "no_checksum", "a flipped bit within a value is not noticed",
        "exporter/ledger/job_database.cc",
        "if (!valid || checksum != jobs_checksum_)",
        "if (!valid)",
        r"ledger_test\.P5DamagedFile\.FlippedBit",
    ),
    Mutation(
        "P5", "no_folder_lock", "two processes that start together create the ledger twice",
        "exporter/ledger/folder.cc",
        "while (flock(lock.descriptor_, LOCK_EX) != 0) {",
        "while (flock(lock.descriptor_, LOCK_UN) != 0) {",
        r"ledger_test\.LedgerFile\.ConcurrentCreation",
    ),
    Mutation(
        "P6", "hidden_series_stay_zero", "series that a filter hid start at zero when they are shown again",
        "exporter/ledger/ledger.cc",
        "RETURN_IF_ERROR(StageUnmarked(*database_, *not_pending, batch));",
        "static_cast<void>(not_pending);",
        r"ledger_test\.LedgerTakeover\.HiddenSeriesIsNot",
    ),
    Mutation(
        "labels", "later_replacements_apply", "each rule that matches replaces a label, not the first alone",
        "exporter/model/label_replacer.cc",
        "    return LabelText(replaced);\n  }\n  return value;",
        "    value = LabelText(replaced);\n  }\n  return value;",
        r"model_test\.LabelReplacer\.FirstMatchingRule",
    ),
    Mutation(
        "labels", "long_names_lose_their_end", "names that agree in their first 128 bytes become one series",
        "exporter/base/label_text.cc",
        ".append(Digest(name))",
        ".append(Digest(CleanText(name, kMaxLabelBytes)))",
        r"base_test\.LabelText\.NamesThatBeginAlike",
    ),
    Mutation(
        "P8", "scrape_waits_for_hanging_account", "one account delays the scrape of all",
        "exporter/refresh/refresher.cc",
        "if (ended_ < target) keep_waiting_ = false;",
        "static_cast<void>(target);",
        r"refresher_test\.RefresherTakeover\.BoundedWaitSkips",
    ),
    Mutation(
        "P6", "restart_ends_zero_first", "a crash skips the zero of a series that is active again",
        "exporter/ledger/restoring.cc",
        "if (pending) figures_.BeginZeroFirst(*series);",
        "",
        r"ledger_test\.LedgerOnDisk\.ReactivatedSeries",
    ),
    Mutation(
        'P1', 'no_overlap', 'the next scan begins at the watermark itself',
        'exporter/refresh/account_refresh.cc',
        'return *watermark - options_.overlap;',
        'return *watermark;',
        r'refresh_test\.AccountRefreshTest\.CountsLateRows',
    ),
    Mutation(
        'P1', 'no_dedupe', 'a job counts each time its finished row is read',
        'exporter/ledger/series.cc',
        'if (previous == nullptr) return CountJob(job, counters_);',
        'if (job.id > 0) return CountJob(job, counters_);',
        r'refresh_test\.P1ExactlyOnce',
    ),
    Mutation(
        'P1', 'no_count_probe', 'a scan of several pages does not verify that it has read all',
        'exporter/refresh/updated_jobs_scan.cc',
        'if (pages_ == 1) return Finish();',
        'if (pages_ > 0) return Finish();',
        r'refresh_test\.(P1ExactlyOnce|UpdatedJobsScan)',
    ),
    Mutation(
        'P1', 'edge_skipped', 'a scan continues after the second in which a page ends',
        'exporter/refresh/keyset_scan.cc',
        '    Advance(last);',
        '    Advance(last + kTick);',
        r'refresh_test\.(UpdatedJobsScan|KeysetScan)',
    ),
    Mutation(
        'P1', 'gap_completed', 'a later part of a scan counts as completed before an earlier one',
        'exporter/refresh/updated_jobs_scan.cc',
        'completed_ = std::max(completed_, scans_.front().cursor());',
        'completed_ = std::max(completed_, scans_.back().cursor());',
        r'refresh_test\.(ParallelScan|UpdatedJobsScanProperty|ParallelPages)',
    ),
    Mutation(
        'P1', 'one_pass', 'a range read by offset is read only once',
        'exporter/refresh/offset_scan.h',
        'done_ = (!found_new_ && !found_repeated_) || ++passes_ == kMaxPasses;',
        'done_ = true || ++passes_ == kMaxPasses;',
        r'refresh_test\.OffsetScan',
    ),
    Mutation(
        'P1', 'offset_counts_repeated_rows', 'a page that repeats rows moves the offset too far',
        'exporter/refresh/offset_scan.h',
        '(on_this_page.size() + page.rejects.size())',
        '(page.jobs.size() + page.rejects.size())',
        r'refresh_test\.OffsetScan',
    ),
    Mutation(
        'P2', 'records_replaced', 'a downward correction lowers the records',
        'exporter/ledger/counting.cc',
        '} else if (output.records > known->records) {',
        '} else if (output.records != known->records) {',
        r'refresh_test\.P2Records',
    ),
    Mutation(
        'P4', 'count_from_ignored', 'jobs that finished before count_from count',
        'exporter/ledger/counting.cc',
        'if (record.finished_at >= context.count_from) record.counted_as = job.status;',
        'record.counted_as = job.status;',
        r'refresh_test\.P4CountFrom',
    ),
    Mutation(
        'P4', 'count_from_process_start', 'without storage counting begins with the process',
        'exporter/refresh/account_refresh.cc',
        'return ledger_->Initialize(Midnight(now));',
        'return ledger_->Initialize(now);',
        r'refresh_test\.P4CountFrom',
    ),
    Mutation(
        'P6', 'no_zero_first', 'a new series shows its first event at once',
        'exporter/ledger/staging.cc',
        'pending.zero_first = header.initial_sync_complete && options.zero_first;',
        'pending.zero_first = false;',
        r'refresh_test\.P6ZeroFirst',
    ),
    Mutation(
        'P7', 'up_stays', 'xplenty_up is 1 although the refresh failed',
        'exporter/app/exporter_metrics.cc',
        '  up_.Set(error == nullptr ? 1 : 0);',
        '  up_.Set(1);',
        r'fault_test\.P7ApiTrouble',
    ),
    Mutation(
        'P7', '5xx_is_an_empty_page', 'a server error is treated as the end of the list',
        'exporter/api/list_jobs.cc',
        '  if (response.status != 200) return HttpError(response, secrets);',
        '  if (answer.status >= 500) return Page{.jobs = {}, .rejects = {}, .last = true, .server_time = {}};\n  if (response.status != 200) return HttpError(response, secrets);',
        r'fault_test\.P7ApiTrouble',
    ),
    Mutation(
        'P7', 'circuit_always_allows', 'a refused key is used again without a pause',
        'exporter/api/retrying_page_source.cc',
        '    if (now < refused_->next_probe) {',
        '    if (false) {',
        r'api_test\.Circuit',
    ),
    Mutation(
        'P8', 'shared_budget', 'accounts share one rate budget',
        'exporter/api/request_stats.h',
        '  RateBudget budget_;',
        '  inline static RateBudget budget_;',
        r'fault_test\.P8Neighbour',
    ),
    Mutation(
        "P9", "folded_job_skips_package", "a package does not follow its folded jobs",
        "exporter/ledger/package_table.cc",
        "  package.history.Add(job);",
        "  if (job.fold == Fold::kNone) package.history.Add(job);",
        r"ledger_test\.ClusterPerRun\.PackageFollows",
    ),
    Mutation(
        "P9", "cap_freezes", "the cap retires no series",
        "exporter/ledger/series_admission.cc",
        ".series = series_.Evictable(scraped_version_)",
        ".series = {}",
        r"ledger_test\.ClusterPerRun\.ShowsTheNewest",
    ),
    Mutation(
        "P9", "retired_unscraped", "a series is retired before a scrape has received its values",
        "exporter/ledger/series_table.cc",
        "series.IsIdle() && series.IsScrapedBy(scraped_version)",
        "series.IsIdle() && scraped_version != ~0ULL",
        r"ledger_test\.ClusterPerRun\.FoldsClustersAlone",
    ),
    Mutation(
        "P9", "rows_read_again_keep_series", "rows that are read again keep their series at the cap",
        "exporter/ledger/staging.cc",
        "  pending.unfinished.erase(after.id);\n",
        "  pending.unfinished.erase(after.id);\n"
        "  if (previous && previous->package_cluster <= known_.size()) {\n"
        "    admission_.Keep(LabelsOf(known_.NamesOf(previous->package_cluster), options_.labels, previous->fold));\n"
        "  }\n",
        r"ledger_test\.ClusterPerRun\.RowsReadAgain",
    ),
    Mutation(
        "P9", "package_folded_with_cluster", "past the cap, jobs lose their package with their cluster",
        "exporter/ledger/series_admission.cc",
        "{Fold::kNone, Fold::kCluster, Fold::kPackage}",
        "{Fold::kNone, Fold::kPackage}",
        r"ledger_test\.ClusterPerRun\.FoldsClustersAlone",
    ),
    Mutation(
        "bytes", "release_untouched", "a released series is still rendered as 0",
        "exporter/ledger/account_figures.cc",
        "  series.activity().MarkUnscraped();\n  MarkDirty(&series);",
        "  series.activity().MarkUnscraped();\n  changed = true;",
        r"app_test\.IncrementalRendering",
    ),
    Mutation(
        "bytes", "leaving_untouched", "jobs that leave the lookback are still rendered",
        "exporter/ledger/job_aggregates.cc",
        "for (const Series* const left : figures_.recent.SetTime(now_)) figures_.MarkDirty(left);",
        "if (!figures_.recent.SetTime(now_).empty()) figures_.changed = true;",
        r"app_test\.IncrementalRendering",
    ),
    Mutation(
        "bytes", "header_kept", "stale state is still rendered",
        "exporter/app/exposition_source.cc",
        "if (!header_ || *header_ != *view) {",
        "if (!header_) {",
        r"app_test\.IncrementalRendering",
    ),
]
