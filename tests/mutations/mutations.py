"""Ways to break a promise, each with the test that must notice. See run.py."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutation:
    promise: str
    name: str
    breaks: str  # in words
    file: str
    before: str  # once in the file
    after: str
    test: str  # the beginning of the ctest's name, as a regular expression
    targets: tuple = ()  # to build beside the exporter and the simulator, for a test that is no unit test


ALL = [
    Mutation(
        "P3", "publish_before_commit", "a page is shown though it could not be written",
        "exporter/ledger/ledger.cc",
        "    if (auto done = Write(plan.changes); !done) return done;\n  }\n  ++sequence_;",
        "    if (auto done = Write(plan.changes); !done) {\n      Apply(plan);\n      return done;\n    }\n  }\n"
        "  ++sequence_;",
        r"ledger_test\.P3FaultyDisk\.AnErrorAtAnyOperation",
    ),
    Mutation(
        "P3", "believe_a_failed_write", "what a failed write left on disk is not read again",
        "exporter/ledger/ledger.cc",
        "uncertain_ = true;",
        "uncertain_ = false;",
        r"ledger_test\.P3FaultyDisk\.AnErrorAfterAnyOperation",
    ),
    Mutation(
        "P3", "no_sync", "commits are not synced to the disk",
        "exporter/ledger/ledger_file.cc",
        "journal_mode=TRUNCATE; PRAGMA synchronous=EXTRA",
        "journal_mode=TRUNCATE; PRAGMA synchronous=OFF",
        r"ledger_test\.P3FaultyDisk\.APowerCut",
    ),
    Mutation(
        "P3", "no_journal_on_disk", "a crash inside a transaction leaves half of it",
        "exporter/ledger/ledger_file.cc",
        "journal_mode=TRUNCATE; PRAGMA synchronous=EXTRA",
        "journal_mode=MEMORY; PRAGMA synchronous=EXTRA",
        r"ledger_test\.P3FaultyDisk\.AKill",
    ),
    Mutation(
        "P5", "no_checksum", "a flipped bit inside a value is believed",
        "exporter/ledger/ledger_file.cc",
        "if (read->strange || read->checksum != static_cast<uint64_t>(*expected)) {",
        "if (read->strange) {",
        r"ledger_test\.P5DamagedFile\.AFlippedBit",
    ),
    Mutation(
        "P5", "no_folder_lock", "two processes that start at once make the ledger twice",
        "exporter/ledger/folder.cc",
        "while (flock(lock.descriptor_, LOCK_EX) != 0) {",
        "while (flock(lock.descriptor_, LOCK_UN) != 0) {",
        r"ledger_test\.LedgerFile\.OfProcessesThatMakeItAtOnce",
    ),
    Mutation(
        "P6", "hidden_series_stay_held", "what a filter hid looks like news when it is shown again",
        "exporter/ledger/ledger_load.cc",
        "if (auto done = ledger_.WriteReleases(hidden_); !done) return done;",
        "static_cast<void>(hidden_);",
        r"ledger_test\.LedgerTakeover\.DoesNotHoldWhatWasHidden",
    ),
    Mutation(
        "P8", "a_scrape_waits_for_whoever_hangs", "one account holds up the scrape of all",
        "exporter/refresh/refresher.cc",
        "if (ended_ < target) keep_waiting_ = false;",
        "static_cast<void>(target);",
        r"refresher_test\.RefresherTakeover\.AmongOthersOneThatHangs",
    ),
    Mutation(
        "P6", "holds_die_with_the_process", "a crash inside the hold skips the zero of a revived series",
        "exporter/ledger/ledger_load.cc",
        "if (ledger_.options_.hold_new_series) tally_.Hold(labels);",
        "static_cast<void>(labels);",
        r"ledger_test\.LedgerOnDisk\.KeepsTheHoldOf",
    ),
    Mutation(
        'P1', 'no_overlap', 'the next walk begins at the watermark itself',
        'exporter/refresh/account_refresh.cc',
        'return *watermark - options_.overlap;',
        'return *watermark;',
        r'refresh_test\.AccountRefreshTest\.CountsARowThatBecomesVisibleLate',
    ),
    Mutation(
        'P1', 'no_dedupe', 'a job counts each time it is seen finished',
        'exporter/ledger/tally.cc',
        '    if (before == nullptr) {\n      Count(counters, job);',
        '    if (true) {\n      Count(counters, job);',
        r'refresh_test\.P1ExactlyOnce',
    ),
    Mutation(
        'P1', 'no_count_probe', 'a walk of several pages believes that it has read all',
        'exporter/refresh/updated_jobs_scan.cc',
        'if (pages_ == 1) return Finish();',
        'if (pages_ > 0) return Finish();',
        r'refresh_test\.(P1ExactlyOnce|UpdatedJobsScan)',
    ),
    Mutation(
        'P1', 'edge_skipped', 'a walk goes on behind the second in which a page ends',
        'exporter/refresh/keyset_scan.cc',
        '    Advance(last);',
        '    Advance(last + kTick);',
        r'refresh_test\.(UpdatedJobsScan|KeysetScan)',
    ),
    Mutation(
        'P1', 'gap_completed', 'what a later slice has read counts as completed before an earlier one is',
        'exporter/refresh/updated_jobs_scan.cc',
        'completed_ = std::max(completed_, scans_.front().cursor());',
        'completed_ = std::max(completed_, scans_.back().cursor());',
        r'refresh_test\.(ParallelScan|UpdatedJobsScanProperty|ParallelPages)',
    ),
    Mutation(
        'P1', 'one_pass', 'a part read by offset is read once',
        'exporter/refresh/offset_scan.h',
        'done_ = (!found_new_ && !found_repeated_) || ++passes_ == kMaxPasses;',
        'done_ = true || ++passes_ == kMaxPasses;',
        r'refresh_test\.OffsetScan',
    ),
    Mutation(
        'P1', 'offset_by_rows_shown_twice', 'a page that repeats rows moves the offset too far',
        'exporter/refresh/offset_scan.h',
        '(on_this_page.size() + page.rejects.size())',
        '(page.jobs.size() + page.rejects.size())',
        r'refresh_test\.OffsetScan',
    ),
    Mutation(
        'P2', 'records_replaced', 'a correction downwards lowers the records',
        'exporter/ledger/counting.cc',
        '} else if (output.records > known->records) {',
        '} else if (output.records != known->records) {',
        r'refresh_test\.P2Records',
    ),
    Mutation(
        'P4', 'count_from_ignored', 'jobs from before count_from count',
        'exporter/ledger/counting.cc',
        'if (record.finished_at >= context.count_from) record.counted_as = job.status;',
        'record.counted_as = job.status;',
        r'refresh_test\.P4CountFrom',
    ),
    Mutation(
        'P4', 'birth_at_the_start', 'without storage counting begins with the process',
        'exporter/refresh/account_refresh.cc',
        'return ledger_->Birth(Midnight(now));',
        'return ledger_->Birth(now);',
        r'refresh_test\.P4CountFrom',
    ),
    Mutation(
        'P6', 'no_hold', 'a new series shows its first event at once',
        'exporter/ledger/ledger.cc',
        'const bool hold = fresh && counted_ && options_.hold_new_series;',
        'const bool hold = false;',
        r'refresh_test\.P6ZeroFirst',
    ),
    Mutation(
        'P7', 'up_stays', 'xplenty_up is 1 though the refresh failed',
        'exporter/app/instruments.cc',
        '  up_.Set(error == nullptr ? 1 : 0);',
        '  up_.Set(1);',
        r'fault_test\.P7ApiTrouble',
    ),
    Mutation(
        'P7', '5xx_is_an_empty_page', 'an error of the server is taken for the end of the list',
        'exporter/api/list_jobs.cc',
        '  if (answer.status != 200) return HttpError(answer, secrets);',
        '  if (answer.status >= 500) return Page{.jobs = {}, .rejects = {}, .last = true, .server_time = {}};\n  if (answer.status != 200) return HttpError(answer, secrets);',
        r'fault_test\.P7ApiTrouble',
    ),
    Mutation(
        'P7', 'circuit_always_allows', 'a refused key is tried over and over',
        'exporter/api/circuit_breaker.cc',
        '  if (now < *next_probe_) return false;',
        '',
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
        "bytes", "release_untouched", "a series that is released is shown as it was held",
        "exporter/ledger/tally.cc",
        "  entry.series.Release();\n  Touch(entry.series);",
        "  entry.series.Release();\n  changed_ = true;",
        r"app_test\.IncrementalRendering",
    ),
    Mutation(
        "bytes", "leaving_untouched", "jobs that leave the lookback are still shown",
        "exporter/ledger/tally.cc",
        "for (const Series* const left : recent_.SetTime(now_)) Touch(*left);",
        "if (!recent_.SetTime(now_).empty()) changed_ = true;",
        r"app_test\.IncrementalRendering",
    ),
    Mutation(
        "bytes", "frame_kept", "what has gone stale is still shown",
        "exporter/app/exposition_source.cc",
        "if (!header_ || *header_ != *view) {",
        "if (!header_) {",
        r"app_test\.IncrementalRendering",
    ),
]
