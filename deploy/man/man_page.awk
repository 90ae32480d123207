# Writes the man page from `xplenty_exporter --help`, so that the two cannot differ:
#   xplenty_exporter --help | awk -v version=1.2.3 -v more=sections.roff -f man_page.awk
# `more` is a file that continues in the section ENVIRONMENT with what the help does not have.

function roff(text) {
  gsub(/\\/, "\\e", text)
  gsub(/-/, "\\-", text)
  gsub(/'/, "\\(aq", text)
  gsub(/\^/, "\\(ha", text)
  gsub(/~/, "\\(ti", text)
  return text ~ /^[.]/ ? "\\&" text : text
}

function section(name) { print ".SH " name }

# "  --api.url TEXT=https://api.xplenty.com    Where the API is [XPLENTY_API_URL]", already joined.
function option(line,    flags, type, standard, help, variable) {
  flags = type = standard = variable = ""
  sub(/^ +/, "", line)
  match(line, /^[^ ]+/)
  flags = substr(line, 1, RLENGTH)
  line = substr(line, RLENGTH + 1)
  if (match(line, /^ [A-Z]+/)) {
    type = substr(line, 2, RLENGTH - 1)
    line = substr(line, RLENGTH + 1)
    if (match(line, /^=[^ ]+/)) {
      standard = substr(line, 2, RLENGTH - 1)
      line = substr(line, RLENGTH + 1)
    } else if (match(line, /^ \[[^ ]+\] /)) {  # the form of Debian 13's CLI11
      standard = substr(line, 3, RLENGTH - 4)
      line = substr(line, RLENGTH)
    }
  }
  sub(/^ +/, "", line)
  help = line
  if (match(help, / \[XPLENTY_[A-Z_]+\]$/)) {
    variable = substr(help, RSTART + 2, RLENGTH - 3)
    help = substr(help, 1, RSTART - 1)
    variables[++variable_count] = variable
    flag_of[variable] = flags
  }
  gsub(/,/, ", ", flags)
  print ".TP"
  print "\\fB" roff(flags) "\\fR" (type == "" ? "" : "=\\fI" type "\\fR")
  print roff(help) "."
  if (standard != "") print "Default: \\fB" roff(standard) "\\fR."
  if (variable != "") print "Environment: \\fB" variable "\\fR."
}

function flush() {
  if (pending != "") option(pending)
  pending = ""
}

BEGIN { part = "description" }

part == "description" && /^Usage:/ {
  name = description
  sub(/[.] .*/, "", name)
  sub(/[.]$/, "", name)
  print ".TH XPLENTY_EXPORTER 1 \"\" \"xplenty_exporter " version "\" \"User Commands\""
  section("NAME")
  print "xplenty_exporter \\- " roff(name)
  section("SYNOPSIS")
  print ".B xplenty_exporter\n[\\fIOPTIONS\\fR]"
  section("DESCRIPTION")
  print text
  section("OPTIONS")
  part = "options"
  next
}
part == "description" && $0 == "" { paragraph = "\n.PP"; next }
part == "description" {
  description = description (description == "" ? "" : " ") $0
  text = text (text == "" ? "" : paragraph "\n") roff($0)
  paragraph = ""
  next
}

part == "options" && /^Example:$/ {
  flush()
  part = "example"
  next
}
part == "options" && /^[A-Za-z]+:$/ {
  flush()
  sub(/:$/, "")
  if (toupper($0) != "OPTIONS") print ".SS " $0
  next
}
part == "options" && /^  +-/ && $0 !~ /^                    / {
  flush()
  pending = $0
  next
}
part == "options" && $0 != "" {  # continues the previous line
  sub(/^ +/, "")
  pending = pending " " $0
}

part == "example" && $0 == "" { part = "notes"; next }
part == "example" { sub(/^ +/, ""); example = example "\n" roff($0); next }
part == "notes" { notes = notes (notes == "" ? "" : " ") $0 }

END {
  if (part != "notes" || !match(notes, /Exit codes: .*[.]$/)) {
    print "man_page.awk: the help has an unknown form" > "/dev/stderr"
    exit 1
  }
  statuses = substr(notes, RSTART + length("Exit codes: "))
  sub(/[.]$/, "", statuses)
  notes = substr(notes, 1, RSTART - 2)
  sub(/ \(in brackets\)/, "", notes)
  section("NOTES")
  print roff(notes)
  section("EXAMPLES")
  print ".nf" example "\n.fi"
  section("EXIT STATUS")
  count = split(statuses, status, /, /)
  for (i = 1; i <= count; ++i) {
    meaning = status[i]
    sub(/^[0-9]+ /, "", meaning)
    print ".TP\n.B " (status[i] + 0) "\n" roff(meaning)
  }
  section("ENVIRONMENT")
  for (i = 1; i <= variable_count; ++i) {
    print ".TP\n.B " variables[i] "\nThe same as \\fB" roff(flag_of[variables[i]]) "\\fR."
  }
  while ((getline line < more) > 0) print line
}
