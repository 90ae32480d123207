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
        "if (*actual != static_cast<uint64_t>(*expected)) {",
        "if (*actual == 0 && *expected == 0) {",
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
        "P6", "holds_die_with_the_process", "a crash inside the hold skips the zero of a revived series",
        "exporter/ledger/ledger.cc",
        "if (options_.hold_new_series) tally_.Hold(labels);",
        "static_cast<void>(labels);",
        r"ledger_test\.LedgerOnDisk\.KeepsTheHoldOf",
    ),
]
